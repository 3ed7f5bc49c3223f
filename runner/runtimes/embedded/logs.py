"""Reads the logs of the local Elasticsearch, and follows the newest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from generator.errors import UserError
from runner.runtimes.embedded import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

POLL_S = 0.5


def lines(files: Sequence[Path], count: int, *, follow: bool) -> Iterator[str]:
    """The last `count` lines of each file below its name, with `follow` also new lines. UserError without logs."""
    logs = [path for path in files if path.is_file() and path.stat().st_size]
    if not logs:
        raise UserError("there are no logs yet", hint="start it with `make up`")
    for path in logs:
        yield f"== {path}"
        yield from reason.tail(path).splitlines()[-count:]
    if follow:
        yield from _follow(logs[-1])


def _follow(path: Path) -> Iterator[str]:
    file = path.open("rb")
    file.seek(0, 2)
    while True:
        if text := file.readline().decode(errors="replace"):
            yield text.rstrip("\n")
        elif path.is_file() and path.stat().st_size < file.tell():
            # The log was rotated: go on with the new file.
            file.close()
            file = path.open("rb")
        else:
            time.sleep(POLL_S)
