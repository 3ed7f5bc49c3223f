"""An application that logs: numbered lines, at a pace, into a file that may be rotated meanwhile."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.filebeat.receiver import Key

#: Lines at once, and the pause between: 1,000 lines a second.
CHUNK: Final = 20
PACE_S: Final = 0.02


def line(tag: str, number: int, padding: int = 0) -> bytes:
    """A line of the Python client with an id of its own."""
    return b'{"log_id":"%s-%06d","model":"gpt-4.1","request_tokens":1,"response_tokens":2%s}\n' % (
        tag.encode(), number, b',"x":"%s"' % (b"x" * padding) if padding else b"",
    )  # fmt: skip


def keys(tag: str, count: int) -> set[Key]:
    """What must have come of the first lines of a tag."""
    return {(f"{tag}-{number:06d}", "") for number in range(count)}


class Writer:
    """`with`: appends until the end. The file is kept open, as loggers do, until `reopen`."""

    def __init__(self, path: Path, tag: str, as_line: Callable[[str, int], bytes] = line) -> None:
        """Nothing is written yet. `as_line` makes a line of tag and number."""
        self.path, self.tag, self.written = path, tag, 0
        self._as_line = as_line
        #: Held while something is done to the file that must not meet half a chunk.
        self.lock = threading.Lock()
        self._stop = threading.Event()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; `written` is final."""
        self._stop.set()
        self._thread.join()
        self._file.close()

    def reopen(self) -> None:
        """What an application does after its log was renamed."""
        with self.lock:
            self._file.close()
            self._file = self.path.open("ab", buffering=0)

    def grow(self, count: int) -> None:
        """Return when so many more lines were written."""
        until = self.written + count
        while self.written < until:
            time.sleep(PACE_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            with self.lock:
                self._file.write(b"".join(self._as_line(self.tag, self.written + i) for i in range(CHUNK)))
                self.written += CHUNK
            time.sleep(PACE_S)


def rotate(path: Path, keep: int) -> None:
    """As logrotate does with `rotate KEEP`: .1 becomes .2 and so on, the oldest goes, the log itself becomes .1."""
    for number in range(keep, 0, -1):
        old = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        if old.exists():
            old.replace(path.with_name(f"{path.name}.{number}"))
