"""One command at a time that starts, stops or removes what belongs to a checkout."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def alone(folder: Path, command: str) -> Iterator[None]:
    """Keep other such commands out for the time of the context. UserError when one runs.

    `folder`: the checkout's state; one that is not there belongs to nobody, and is not made. The lock is on the folder
    itself, so that no file is left over, and it ends with the process, however that ends.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        yield
        return
    try:
        _lock(handle, command)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, command: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(
            "another `make up`, `down`, `clean` or `upgrade` of this checkout runs",
            where=command,
            hint="wait until it ends, or end it with Ctrl+C in its own window",
        ) from None
    except OSError:
        # Some network file systems lock no folders. Then two commands may disturb each other, but each one works.
        return
