"""Counts function calls: a measure of work that does not depend on the machine or its load."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Calls:
    """The number of calls so far, of Python functions and of built-in ones."""

    def __init__(self) -> None:
        """None yet."""
        self.count = 0

    def note(self, _frame: FrameType, event: str, _argument: object) -> None:
        """For `sys.setprofile`."""
        self.count += event in ("call", "c_call")


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls within the block."""
    calls = Calls()
    sys.setprofile(calls.note)
    try:
        yield calls
    finally:
        sys.setprofile(None)
