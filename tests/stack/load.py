"""A writer that goes on while something breaks."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from tests.stack import feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stack.stack import Stack

#: Lines at once, and the pause between: some 500 lines a second.
CHUNK: Final = 50
PACE_S: Final = 0.1
#: Some 100 lines a second, for what takes minutes: all that is written must be worked on afterwards.
SLOW_S: Final = 0.5


class Load:
    """Appends numbered lines to a log file, as an application does, for as long as the `with` lasts."""

    def __init__(self, stack: Stack, tag: str, pause_s: float = PACE_S) -> None:
        """Nothing is written yet."""
        self.tag = tag
        self._pause_s = pause_s
        self.path: Path = stack.logs / "client" / f"{tag}.log"
        self.written = 0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Start."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; `written` is final."""
        self._stop.set()
        self._thread.join()

    @property
    def numbers(self) -> range:
        """The numbers of the lines that were written."""
        return range(self.written)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is written meanwhile."""
        with self._lock:
            yield

    def _append(self) -> None:
        # The file is opened anew each time, so that it may have been renamed.
        with self._lock, self.path.open("ab") as file:
            file.write(b"".join(feed.calls(self.tag, range(self.written, self.written + CHUNK))))
            self.written += CHUNK

    def _run(self) -> None:
        while not self._stop.is_set():
            self._append()
            time.sleep(self._pause_s)
