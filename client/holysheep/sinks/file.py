"""A log file for Filebeat, written by any number of processes, rotated by size.

The file is opened for appending and each batch is one write, so lines of several processes never mix. A rotation
renames: `api_requests.log` becomes `.1`, `.1` becomes `.2`; the bundle's Filebeat reads all of these to their ends
(docs/log-rotation.md). A line is never written twice nor into a file that is gone.

Under a load that fills files within a second the file grows beyond its bound instead: rotated again and again, a
file would be deleted before Filebeat, which looks every second, has seen it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MODE: Final = 0o640
#: Longer than a write takes.
_WRITE_S: Final = 0.02


class FileSink:
    """Appends lines to `path`. Also right when logrotate renames, copies and truncates, or deletes the file.

    Not safe for threads by itself: its Delivery calls it from one at a time.
    """

    name = "file"
    slow = False

    def __init__(
        self, path: Path, max_bytes: int = 64 * 1024 * 1024, keep: int = 10, rotate_seconds: float = 5.0
    ) -> None:
        """Rotated beyond `max_bytes`, 0 for never, and once in `rotate_seconds` at most; `keep` rotated files stay."""
        self.path, self._max, self._keep, self._rotate_seconds = path, max_bytes, keep, rotate_seconds
        #: Of time.monotonic(): no rotation earlier, for the last one was too short ago.
        self._not_before = 0.0
        self._fd: int | None = None
        self._torn = False

    def send(self, lines: Sequence[bytes]) -> None:
        """Append all lines. Raises OSError; then part of them may be there, and all may be sent again."""
        data = b"".join(lines)
        fd = self._current(len(data))
        if self._torn:
            # A write that the disk cut left half a line: end it, so that it spoils no other.
            data = b"\n" + data
        while data:
            written = os.write(fd, data)
            self._torn = data[written - 1 : written] != b"\n"
            data = data[written:]

    def close(self) -> None:
        """Close the file."""
        self._close()

    def _close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _current(self, more: int) -> int:
        """A descriptor of the file that has the path now, with room for so many bytes."""
        while True:
            fd, size = self._open()
            if not self._max or size == 0 or size + more <= self._max or time.monotonic() < self._not_before:
                return fd
            with self._rotating() as lock:
                # Another process may have been quicker.
                fd, size = self._open()
                if size and size + more > self._max:
                    self._rotate_in_time(lock)

    def _open(self) -> tuple[int, int]:
        """(descriptor, size); the file is opened again when another one has its name."""
        if self._fd is not None:
            try:
                there = self.path.stat()
                opened = os.fstat(self._fd)
            except FileNotFoundError:
                self._close()
            else:
                if (there.st_ino, there.st_dev) == (opened.st_ino, opened.st_dev):
                    return self._fd, opened.st_size
                self._close()
        self.path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
        self._torn = self._ends_in_half_a_line()
        return self._fd, os.fstat(self._fd).st_size

    def _ends_in_half_a_line(self) -> bool:
        """Whether a full disk left half a line to us. No, if the file can't be read."""
        with contextlib.suppress(OSError), self.path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            if end and os.pread(file.fileno(), 1, end - 1) != b"\n":
                # Another process may be in the middle of its write.
                time.sleep(_WRITE_S)
                return file.seek(0, os.SEEK_END) == end
        return False

    @contextlib.contextmanager
    def _rotating(self) -> Iterator[int]:
        """Alone among all processes. The lock's file is hidden, so that Filebeat doesn't read it."""
        fd = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield fd
        finally:
            os.close(fd)

    def _rotate_in_time(self, lock: int) -> None:
        """Rotate, or remember how long not to. The lock's file is as old as the last rotation of any process."""
        wait = self._rotate_seconds - (time.time() - os.fstat(lock).st_mtime)
        if 0 < wait <= self._rotate_seconds:
            self._not_before = time.monotonic() + wait
            return
        self._rotate()
        os.utime(lock)

    def _rotate(self) -> None:
        # A file system gives the inode of a deleted file to the next new one, and Filebeat then takes that for the old
        # one. So the oldest stays, hidden, until the next rotation.
        with contextlib.suppress(FileNotFoundError):
            self._numbered(self._keep).replace(self.path.with_name(f".{self.path.name}.gone"))
        for number in range(self._keep, 0, -1):
            old = self.path if number == 1 else self._numbered(number - 1)
            with contextlib.suppress(FileNotFoundError):
                old.replace(self._numbered(number))
        self._close()

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")
