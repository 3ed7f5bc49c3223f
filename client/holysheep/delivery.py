"""The way of lines to one sink: send, and where that fails keep them in the spool, wait with jitter, send again."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holysheep.spool import Spool

_log: Final = logging.getLogger("holysheep")
#: The first pause after a failure and the longest, s; each is twice the one before, times a random 0.5 to 1.
FIRST_S, LONGEST_S = 1.0, 60.0
#: What may wait in memory for a sink that takes long, bytes; beyond, lines go to the spool.
QUEUE_BYTES: Final = 8 * 1024 * 1024


class Sink(Protocol):
    """Where lines go. `name` names its spool; `slow` says that `send` may wait for a network."""

    name: str
    slow: bool

    def send(self, lines: Sequence[bytes]) -> None:
        """All lines or an exception; each ends with a line feed."""

    def close(self) -> None:
        """Let go of what is open; `send` may be called afterwards, and opens again. A forked child calls it first."""


class Delivery:
    """One sink with its spool. `submit` never raises; for a slow sink it doesn't wait either."""

    def __init__(self, sink: Sink, spool: Spool) -> None:
        """What an earlier process left in the spool is sent as soon as the sink takes lines."""
        self.sink, self.spool = sink, spool
        self.sent = self.spooled = self.failures = 0
        #: Of the last failure, for people; "" after a success.
        self.error = ""
        self._pause = 0.0
        self._next = 0.0
        self.restart()

    def restart(self) -> None:
        """In a forked child: the parent's thread, locks and waiting lines are not ours."""
        # Two locks, so that nobody who puts lines into the spool waits for a sink that hangs.
        self._sending, self._spooling = threading.RLock(), threading.RLock()
        self._starting, self._stop = threading.RLock(), threading.Event()
        self._queue: deque[Sequence[bytes]] = deque()
        self._queued = 0
        self._flying: Sequence[bytes] | None = None
        self._busy = False
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()
        self._hurried = False

    def after_fork(self) -> None:
        """In the child: the parent's connections and open files are not ours, either."""
        self.restart()
        self.spool.close()
        with contextlib.suppress(Exception):  # of a sink that somebody else wrote
            self.sink.close()

    def close(self) -> None:
        """Let go of the thread and of the sink. `submit` takes them again."""
        with self._starting:
            self._stop.set()
            self._thread = None
        self._wake.set()
        self.sink.close()

    def begin(self) -> None:
        """Start the thread of a slow sink. Python 3.12 refuses to start one when the program ends."""
        if self.sink.slow:
            self._start()

    def hurry(self) -> None:
        """From now on a slow sink's lines go by the disk, and none stays in memory: the process ends soon."""
        self._hurried = True

    def submit(self, lines: Sequence[bytes]) -> None:
        """Take lines."""
        if not self.sink.slow:
            self._deliver(lines)
            return
        if self._hurried:
            self.keep(lines)
            self._start()
            self._wake.set()
            return
        size = sum(map(len, lines))
        if self._queued + size > QUEUE_BYTES:
            self.keep(lines)
            return
        self._queued += size
        self._queue.append(lines)
        self._start()
        self._wake.set()

    def keep(self, lines: Sequence[bytes]) -> None:
        """Put lines into the spool at once."""
        before = self.spool.dropped
        try:
            with self._spooling:
                self.spool.write(lines)
        except OSError as error:
            lost = self.spool.dropped - before
            level = logging.DEBUG if before else logging.WARNING
            _log.log(level, "%d lines for %s are lost, the spool can't be written: %s", lost, self.sink.name, error)
            self.spooled += len(lines) - lost
        else:
            self.spooled += len(lines)

    def tick(self) -> None:
        """Send what waits in the spool, when it is time to try again."""
        if self.sink.slow and (self.spool.waiting or self._queue):
            self._start()
        elif self.spool.waiting:
            self._replay()

    def finish(self, timeout: float) -> bool:
        """Send or spool everything that waits in memory within so many seconds; whether nothing waits any more."""
        end = time.monotonic() + timeout
        while (
            (waiting := bool(self._queue or self._busy))
            and time.monotonic() < end
            and self._thread is not None
            and self._thread.is_alive()
        ):
            self._wake.set()
            time.sleep(0.005)
        if (lines := self._flying) is not None:
            # Being sent just now. It may come twice; its ids say so.
            self.keep(lines)
        while (lines := self._take()) is not None:
            self.keep(lines)
        with self._spooling:
            self.spool.close()
        return not waiting

    def stats(self) -> dict[str, Any]:
        """What was sent, spooled, given up, and how often the sink failed."""
        refused: int = getattr(self.sink, "refused", 0)
        return {
            "sent": self.sent - refused, "spooled": self.spooled, "failures": self.failures,
            "dropped": self.spool.dropped + refused, "error": self.error,
        }  # fmt: skip

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                # Another thread was quicker.
                return
            self._stop = stop = threading.Event()
            name = f"holysheep-{self.sink.name}"
            thread = threading.Thread(target=self._run, args=(stop,), name=name, daemon=True)
            # When the interpreter is shutting down it refuses: `finish` puts into the spool what waits.
            with contextlib.suppress(RuntimeError):
                thread.start()
                self._thread = thread

    def _run(self, stop: threading.Event) -> None:
        while self._pid == os.getpid() and not stop.is_set():
            self._wake.wait(timeout=0.5)
            self._wake.clear()
            self._empty()
            self._replay()

    def _empty(self) -> None:
        if not self._queue:
            return
        # Before lines leave the queue, so that `finish` never sees them nowhere.
        self._busy = True
        try:
            while (lines := self._take()) is not None:
                self._flying = lines
                self._deliver(lines)
                self._flying = None
        finally:
            self._busy = False

    def _take(self) -> Sequence[bytes] | None:
        try:
            lines = self._queue.popleft()
        except IndexError:
            self._queued = 0
            return None
        self._queued -= sum(map(len, lines))
        return lines

    def _deliver(self, lines: Sequence[bytes]) -> None:
        if time.monotonic() < self._next or not self._send(lines):
            self.keep(lines)
        else:
            self.sent += len(lines)

    def _replay(self) -> None:
        """File by file, until the spool is empty or the sink fails."""
        while self.spool.waiting and time.monotonic() >= self._next:
            with self._spooling:
                oldest = self.spool.oldest()
            if oldest is None:
                return
            path, fd, lines = oldest
            sent = self._send(lines) if lines else True
            self.sent += len(lines) if sent else 0
            self.spool.done(path, fd, sent=sent)

    def _send(self, lines: Sequence[bytes]) -> bool:
        try:
            with self._sending:
                self.sink.send(lines)
        except Exception as error:  # noqa: BLE001  # nothing that a sink does may reach the application
            self.failures += 1
            self.error = str(error) or type(error).__name__
            self._pause = min(LONGEST_S, self._pause * 2 or FIRST_S)
            wait = self._pause * random.uniform(0.5, 1)  # noqa: S311  # jitter, not a secret
            self._next = time.monotonic() + wait
            level = logging.WARNING if self._pause == FIRST_S else logging.DEBUG
            _log.log(level, "%s takes no lines, next try in %.1f s: %s", self.sink.name, wait, error)
            return False
        self._pause = self._next = 0.0
        self.error = ""
        return True
