"""Takes calls in and hands them to the sinks, without ever getting in the application's way.

`log()` puts a record into a bounded queue. One thread makes lines of records and submits them to each sink's Delivery.
Whatever goes wrong is counted in `stats()` and reported once by the logger `holysheep` of `logging`.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from holysheep import ids
from holysheep.buffer import FULL, Buffer
from holysheep.card import Card
from holysheep.delivery import Delivery
from holysheep.exits import at_exit, watch_multiprocessing
from holysheep.line import NO_PROMPT, Builder, Line, settle_prompt
from holysheep.ndjson import encode
from holysheep.settings import Settings
from holysheep.sinks import default_sinks
from holysheep.spool import Spool
from holysheep.surroundings import current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from holysheep.delivery import Sink
    from holysheep.price import Outcome

    #: Called by the worker with each line and its price.
    Observer = Callable[[Line, Outcome | None], None]

_log: Final = logging.getLogger("holysheep")
#: Records that are made into lines and sent at once.
CHUNK: Final = 500
#: After so many the worker lets other threads run: Python would let it go on for 5 ms.
PIECE: Final = 16
PAUSE_S: Final = 0.00005
#: How often the worker looks for records by itself while many come, s.
LOOK_S: Final = 0.02
#: How long the end of the program may wait for the sinks, s.
EXIT_S: Final = 5.0


class Logger:
    """One logger of a process; `holysheep.log` uses the default one."""

    def __init__(self, settings: Settings | None = None, sinks: Sequence[Sink] | None = None) -> None:
        """`sinks`: several at once; those of `default_sinks` when None.

        Raises ValueError and OSError for wrong settings.
        """
        self.settings = settings or Settings.read()
        self.card = Card(self.settings.prices, self.settings.prices_json)
        self.observers: list[Observer] = []
        self._builder = Builder(self.settings, self.card)
        self._deliveries = [
            Delivery(sink, Spool(self.settings.spool / sink.name, self.settings.max_spool_bytes))
            for sink in (default_sinks(self.settings) if sinks is None else sinks)
        ]
        self.logged = self.unreadable = 0
        self._restart()
        at_exit(self, sigterm=self.settings.handle_sigterm)

    def log(self, **record: Any) -> str:  # noqa: ANN401  # the names of line.KNOWN; others become metadata
        """Take a call in; its log id. Never raises, never waits but with `pressure="block"` and `sync`."""
        log_id = record["log_id"] = record.get("log_id") or ids.log_id()
        record["now_ns"] = time.time_ns()
        if not NO_PROMPT(record):
            settle_prompt(record, keep=self.settings.keep_prompts)
        if "context" not in record:
            record["context"] = current()
        self.logged += 1
        if self._at_once:
            if not sys.is_finalizing():  # then threads are gone, and the locks that they hold never free
                self._write([record])
            return str(log_id)
        waiting = self._buffer.put(record)
        if waiting >= self._notice:
            self._attend(waiting)
        return str(log_id)

    def hurry(self) -> None:
        """From now on write each line before `log` returns: the process ends soon."""
        self._at_once = True
        for each in self._deliveries:
            each.hurry()

    def flush(self, timeout: float = EXIT_S) -> bool:
        """Hand over everything that was logged so far; whether that was done within so many seconds.

        Lines that a sink doesn't take are in the spool then.
        """
        end = time.monotonic() + timeout
        if not self._drain(timeout):
            return False
        finished = [each.finish(max(0.0, end - time.monotonic())) for each in self._deliveries]
        return all(finished)

    def stats(self) -> dict[str, Any]:
        """What was logged, waits, and was dropped; of each sink what was sent, spooled, and how often it failed."""
        return {
            "logged": self.logged, "waiting": {"lines": len(self._buffer), "bytes": self._buffer.bytes},
            "dropped": self._buffer.dropped, "unreadable": self.unreadable,
            "sinks": {each.sink.name: each.stats() for each in self._deliveries},
        }  # fmt: skip

    def _restart(self) -> None:
        """Also in a forked child: waiting lines are the parent's, and its threads are not here."""
        self._buffer = Buffer(self.settings)
        self._at_once = self.settings.sync
        self._wake = threading.Event()
        #: `log` attends to the worker when so many records wait.
        self._notice = 0
        self._draining = threading.RLock()
        self._thread: threading.Thread | None = None

    def after_fork(self) -> None:
        """In the child."""
        self._restart()
        for each in self._deliveries:
            each.after_fork()

    def close(self) -> None:
        """Flush, and let go of files, connections and threads; `log` may still be called, and takes them again."""
        self.flush()
        self._thread, self._notice = None, 0
        self._wake.set()
        for each in self._deliveries:
            each.close()

    def _attend(self, waiting: int) -> None:
        """What few calls of `log` need: a buffer that is full, no worker yet, or one that sleeps."""
        if waiting == FULL:
            self._relieve()
        if self._thread is None:
            self._start()
        # To wake the worker takes longer than all that `log` does.
        if waiting >= self.settings.flush_lines and self._notice != FULL and not self._wake.is_set():
            self._wake.set()

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="holysheep", daemon=True)
        self._thread, self._notice = thread, self.settings.flush_lines
        try:
            for each in self._deliveries:
                each.begin()
            thread.start()
            watch_multiprocessing()
        except RuntimeError:
            # The interpreter is shutting down; the exit hook drains.
            self._thread, self._notice = None, 0

    def _run(self) -> None:
        this_thread = threading.current_thread()
        many = self.settings.flush_lines
        while True:
            if len(self._buffer) < many:
                self._wake.wait(self.settings.flush_seconds)
            if self._thread is not this_thread:
                return
            self._notice = FULL
            while self._look() * 5 >= many:
                self._wake.wait(LOOK_S)
            # What came since the last look did not wake this thread.
            self._notice = many if self._thread is this_thread else 0

    def _look(self) -> int:
        """Hand over what waits; how many records those were."""
        self._wake.clear()
        waiting = len(self._buffer)
        self._drain(timeout=-1)
        for each in self._deliveries:
            each.tick()
        return waiting

    def _drain(self, timeout: float) -> bool:
        """Hand all records over, by whatever thread."""
        if not self._draining.acquire(timeout=timeout):
            return False
        try:
            while records := self._buffer.take(CHUNK):
                self._write(records)
        finally:
            self._draining.release()
        return True

    def _let_others_run(self) -> None:
        """Where there is time: not while the memory fills up, nor while somebody waits for a flush."""
        if threading.current_thread() is self._thread and len(self._buffer) * 2 < self.settings.max_lines:
            time.sleep(PAUSE_S)

    def _write(self, records: list[dict[str, Any]]) -> None:
        lines = []
        parts = bool(self.observers)
        for number, record in enumerate(records):
            if number % PIECE == PIECE - 1:
                self._let_others_run()
            try:
                line, outcome = self._builder.build(record, parts=parts)
                lines.append(encode(line))
            except Exception as error:  # noqa: BLE001  # a value that nobody thought of costs one line, not the worker
                self._report(record, error)
                continue
            for observer in self.observers:
                self._observe(observer, line, outcome)
        if lines:
            for each in self._deliveries:
                each.submit(lines)

    def _observe(self, observer: Observer, line: Line, outcome: Outcome | None) -> None:
        try:
            observer(line, outcome)
        except Exception:  # noqa: BLE001  # an application's callback must not end the worker
            _log.exception("an observer of holysheep failed")

    def _report(self, record: dict[str, Any], error: Exception) -> None:
        self.unreadable += 1
        level = logging.WARNING if self.unreadable == 1 else logging.DEBUG
        _log.log(level, "a call can't be written as a line (%s): its fields are %s", error, sorted(record))

    def _relieve(self) -> None:
        """The memory's bound is reached."""
        policy = self.settings.pressure
        if policy == "drop_oldest":
            self._buffer.drop_oldest()
        elif threading.current_thread() is self._thread:
            # An observer logs: the worker can't wait for itself.
            self._drain(timeout=0)
        elif policy == "block":
            self._wake.set()
            if self._thread is None:
                self._start()
            self._buffer.wait_for_room()
        else:
            self._spill()

    def _spill(self) -> None:
        """Spool: some of the oldest lines go to the disk, by the thread that logs."""
        lines = []
        for record in self._buffer.take(self.settings.flush_lines):
            try:
                lines.append(encode(self._builder.build(record, parts=False)[0]))
            except Exception as error:  # noqa: BLE001  # as in _write
                self._report(record, error)
        for each in self._deliveries:
            each.keep(lines)
