"""Lines that wait on the disk while their target is away: files of NDJSON, one folder for each target.

Any process that has the same folder sends them later, those of a process that died included: a file belongs to who
holds its lock. Sending twice does no harm, since each line has its own id.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_log: Final = logging.getLogger("holysheep")
#: A file of that size is closed, and the next one begun: what is sent at once, and lost at once when the spool is full.
SEGMENT: Final = 1024 * 1024


class Spool:
    """The folder of one target. Not safe for threads: its Delivery holds a lock."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        """The folder is made at the first line."""
        self._folder, self._max = folder, max_bytes
        self._fd: int | None = None
        self._size = 0
        self._number = 0
        self.dropped = 0
        #: Whether there may be lines.
        self.waiting = bool(self._segments())

    def write(self, lines: Sequence[bytes]) -> None:
        """Append. Raises OSError where the disk takes no more: the rest is lost, and counted as dropped."""
        data = b"".join(lines)
        written = 0
        try:
            fd = self._open() if self._fd is None else self._fd
            while written < len(data):
                written += os.write(fd, data[written:])
        except OSError:
            self._cut(data[:written])
            self.dropped += len(lines) - data.count(b"\n", 0, written)
            raise
        self.waiting = True
        self._size += sum(map(len, lines))
        if self._size >= SEGMENT:
            self.close()
            self._trim()

    def _cut(self, written: bytes) -> None:
        """Take back half a line that a full disk left: it would spoil the next one."""
        whole = written.rfind(b"\n") + 1
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self._size + whole)
        self._size += whole
        self.waiting = self.waiting or whole > 0

    def close(self) -> None:
        """End the file that is being written, so that it can be sent; what a forked child does first."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd, self._size = None, 0

    def oldest(self) -> tuple[Path, int, list[bytes]] | None:
        """(file, descriptor that holds its lock, lines) of the oldest file that no other process has; None for none."""
        self.close()
        paths = self._segments()
        for path in paths:
            try:
                fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(fd).st_nlink:
                    # A line that a killed process left unfinished has no line feed; it can't be told from a whole one
                    # but by the missing end.
                    lines = [line for line in _read(fd).splitlines(keepends=True) if line.endswith(b"\n")]
                    return path, fd, lines
            except OSError:
                pass
            os.close(fd)
        self.waiting = bool(paths)
        return None

    @staticmethod
    def done(path: Path, fd: int, *, sent: bool) -> None:
        """Forget a file that `oldest` gave; keep it when it was not sent."""
        if sent:
            with contextlib.suppress(OSError):
                path.unlink()
        os.close(fd)

    def _open(self) -> int:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._number += 1
        # Sorted by name is sorted by age; two processes never take the same name.
        path = self._folder / f"{time.time_ns():020d}-{os.getpid()}-{self._number}.ndjson"
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._fd = fd
        return fd

    def _segments(self) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix == ".ndjson")
        except OSError:
            return []

    def _trim(self) -> None:
        """Delete the oldest files beyond the bound, and count their lines."""
        sizes = [(path, size) for path in self._segments() if (size := _size(path)) is not None]
        excess = sum(size for _, size in sizes) - self._max
        for path, size in sizes:
            if excess <= 0:
                return
            with contextlib.suppress(OSError):
                count = path.read_bytes().count(b"\n")
                path.unlink()
                self.dropped += count
                excess -= size
                _log.warning("the spool %s is full: its %d oldest lines are dropped", self._folder, count)


def _read(fd: int) -> bytes:
    parts = []
    while part := os.read(fd, SEGMENT):
        parts.append(part)
    return b"".join(parts)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
