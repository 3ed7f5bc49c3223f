"""Says how far a long piece of work is: on a terminal one line that is overwritten, on a pipe a line now and then."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds between two words: on a terminal, which shows the last one only, and on a pipe, which keeps them all.
_TERMINAL: Final = 1.0
_PIPE: Final = 10.0


@dataclass
class Pace:
    """Counts lines and their bytes. Says nothing of work that is done before the first interval is over."""

    what: str
    total: int | None = None  #: bytes that will come; None when that is unknown
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.monotonic
    lines: int = 0
    size: int = 0

    def __post_init__(self) -> None:
        """Start the clock."""
        self._terminal = self.stream.isatty()
        self._interval = _TERMINAL if self._terminal else _PIPE
        self._start = self._told = self.clock()
        self._width = 0

    def add(self, size: int) -> None:
        """One more line of so many bytes."""
        self.lines += 1
        self.size += size
        if self.lines % 64 == 0 and self.clock() - self._told >= self._interval:
            self._tell()

    def end(self) -> None:
        """Remove the line from the terminal."""
        if self._terminal and self._width:
            print("\r" + " " * self._width + "\r", end="", file=self.stream, flush=True)

    def _tell(self) -> None:
        self._told = self.clock()
        share = f", {min(100 * self.size // self.total, 100)} %" if self.total else ""
        rate = self.lines / (self._told - self._start)
        text = f"{self.what}: {self.lines:,} lines{share}, {rate:,.0f} lines/s"
        if self._terminal:
            print("\r" + text.ljust(self._width), end="", file=self.stream, flush=True)
            self._width = max(self._width, len(text))
        else:
            print(text, file=self.stream, flush=True)
