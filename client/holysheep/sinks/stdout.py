"""Lines on standard output, for containers whose output is collected."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Up to here one write to a pipe is whole (PIPE_BUF of Linux), so that other output never gets into a line.
PIPE_BYTES: Final = 4096


class StdoutSink:
    """Each line in one write; a longer one may be cut in two by the application's own output."""

    name = "stdout"
    slow = False

    def __init__(self, fd: int | None = None) -> None:
        """`fd`: a descriptor; that of sys.stdout when None."""
        self._fd = fd

    def send(self, lines: Sequence[bytes]) -> None:
        """Write. Raises OSError."""
        fd = sys.stdout.fileno() if self._fd is None else self._fd
        part = b""
        for line in lines:
            if part and len(part) + len(line) > PIPE_BYTES:
                _write(fd, part)
                part = b""
            part += line
        _write(fd, part)

    def close(self) -> None:
        """Nothing: the descriptor is the application's."""


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
