"""The logs of the local Elasticsearch, and what comes to the newest of them."""

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
    """The last `count` lines of each file, each below its name. UserError when there are none."""
    there = [path for path in files if path.is_file() and path.stat().st_size]
    if not there:
        raise UserError("there are no logs yet", hint="start it with `make up`")
    for path in there:
        yield f"== {path}"
        yield from reason.tail(path).splitlines()[-count:]
    if follow:
        yield from _follow(there[-1])


def _follow(path: Path) -> Iterator[str]:
    file = path.open("rb")
    file.seek(0, 2)
    while True:
        if text := file.readline().decode(errors="replace"):
            yield text.rstrip("\n")
        elif path.is_file() and path.stat().st_size < file.tell():
            # Rotated: go on with its successor.
            file.close()
            file = path.open("rb")
        else:
            time.sleep(POLL_S)
