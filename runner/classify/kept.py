"""Files of JSON lines that a command adds to and reads again. `holysheep.sinks.file` writes them."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def values(path: Path) -> Iterator[Any]:
    """The value of each line, without halves that a full disk left; none while there is no file."""
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with contextlib.suppress(ValueError):
            yield json.loads(line)
