"""The Python client: what log() costs an application, beside other ways of logging, and how much it can take.

Each way logs the same call as JSON into a file; the ways take turns, so that a busy machine slows all of them.
"""

from __future__ import annotations

import collections
import json
import logging
import logging.handlers
import os
import queue
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from holysheep.logger import Logger
from holysheep.settings import Settings
from tests.bench.client_http import overhead

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

Json = dict[str, Any]
LINES: Final = int(os.environ.get("BENCH_LINES", "20000"))
ROUNDS: Final = 5
#: The issue's figures: µs, and lines a second.
MEDIAN_US, P99_US, PER_SECOND = 15, 60, 50_000
CALL: Final[Json] = {
    "model": "gpt-4.1", "operation": "chat", "endpoint": "https://api.holysheep.ai/v1/chat/completions",
    "input_tokens": 1500, "output_tokens": 320, "cached_tokens": 100, "latency_ms": 812.25, "status_code": 200,
    "session_id": "939078a0-4f92-49ec-ac23-a6530f479b98", "user_id": "user-006", "metadata": {"source": "search"},
}  # fmt: skip


class Way:
    """One way of logging: `log` is what the application waits for, `finish` ends it."""

    def __init__(self, log: Callable[[], object], finish: Callable[[], object]) -> None:
        """Both without arguments."""
        self.log, self.finish = log, finish


def client(folder: Path, **settings: Any) -> Way:  # noqa: ANN401  # any setting
    """Our client, by its file."""
    told = {"log_file": folder / "client.log", "spool": folder / "spool", "handle_sigterm": False, **settings}
    logger = Logger(Settings.read({}, **told))
    return Way(lambda: logger.log(**CALL), logger.close)


def kept(_folder: Path) -> Way:
    """The least that any logger does: a function keeps the call and the time. What it takes beyond a microsecond is
    the machine's.
    """
    records: collections.deque[tuple[int, Json]] = collections.deque(maxlen=1000)

    def log(**call: Any) -> None:  # noqa: ANN401  # any value
        records.append((time.time_ns(), call))

    return Way(lambda: log(**CALL), records.clear)


def synchronous(folder: Path) -> Way:
    """A logging.FileHandler, as the second document's client in essence."""
    handler = logging.FileHandler(folder / "sync.log")
    logger = _logger("bench.sync", handler)
    return Way(lambda: logger.info(json.dumps(CALL)), handler.close)


def queue_handler(folder: Path) -> Way:
    """The standard library's QueueHandler and QueueListener."""
    handler = logging.FileHandler(folder / "queue.log")
    records: queue.SimpleQueue[Any] = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(records, handler)
    listener.start()
    logger = _logger("bench.queue", logging.handlers.QueueHandler(records))

    def finish() -> None:
        listener.stop()
        handler.close()

    return Way(lambda: logger.info(json.dumps(CALL)), finish)


def logstash_async(folder: Path) -> Way:
    """python-logstash-async with its SQLite cache, to a port where nobody listens: only what log() costs counts."""
    from logstash_async.handler import AsynchronousLogstashHandler  # noqa: PLC0415  # of the bench only

    handler = AsynchronousLogstashHandler(
        "127.0.0.1", 9, database_path=str(folder / "logstash.db"), transport=_Nowhere()
    )
    logger = _logger("bench.logstash", handler)
    return Way(lambda: logger.info("call", extra={"llm": CALL}), handler.close)


class _Nowhere:
    """A transport of python-logstash-async that takes everything."""

    def send(self, events: object, **_: object) -> None:
        """Take."""

    def close(self) -> None:
        """Nothing."""


WAYS: Final[dict[str, Callable[[Path], Way]]] = {
    "holysheep": client,
    "holysheep, sync": lambda folder: client(folder, sync=True),
    "file, synchronous": synchronous,
    "QueueHandler": queue_handler,
    "python-logstash-async": logstash_async,
    "kept in memory alone": kept,
}


def run(progress: Progress) -> Json:
    """Enqueueing at 2,000 calls a second, sustained speed, memory, and the overhead of a real HTTP call."""
    task = progress.add_task("client", total=len(WAYS) * ROUNDS + 2)
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, make in WAYS.items():
            times[name] += _paced(make, max(LINES // 20, 200))
            progress.advance(task)
    result: Json = {"enqueue": {name: _quantiles(found) for name, found in times.items()}}
    result["sustained"] = _sustained(LINES * 10)
    progress.advance(task)
    result["overhead"] = overhead()
    progress.advance(task)
    return result


def _logger(name: str, handler: logging.Handler) -> logging.Logger:
    logger = logging.getLogger(name)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger


def _paced(make: Callable[[Path], Way], count: int) -> list[float]:
    """µs of each log(), at 2,000 a second: an application that does something else, too."""
    with tempfile.TemporaryDirectory() as folder:
        way = make(Path(folder))
        for _ in range(50):
            way.log()
        found = []
        for _ in range(count):
            time.sleep(0.0005)
            start = time.perf_counter_ns()
            way.log()
            found.append((time.perf_counter_ns() - start) / 1000)
        way.finish()
    return found


def _quantiles(times: list[float]) -> Json:
    ordered = sorted(times)
    return {
        "median_us": round(ordered[len(ordered) // 2], 1),
        "p99_us": round(ordered[len(ordered) * 99 // 100], 1),
        "max_us": round(ordered[-1], 1),
    }


def _sustained(count: int) -> Json:
    """As fast as one thread can: all lines in the file, none dropped; memory before and after."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read(
            {}, log_file=Path(folder) / "a.log", spool=Path(folder) / "spool", pressure="block", handle_sigterm=False,
            keep_files=99,
        )  # fmt: skip
        logger = Logger(settings)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, cpu = time.perf_counter(), time.process_time()
        for number in range(count):
            logger.log(**CALL | {"output_tokens": number % 4096})
        logger.flush(60)
        wall, used = time.perf_counter() - start, time.process_time() - cpu
        # Before this program reads the files, which takes more memory than the logger does.
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        logger.close()
        written = sum(_count(path) for path in Path(folder).glob("a.log*"))
    return {
        "lines": count, "written": written, "lines_per_s": round(count / wall), "lines_per_cpu_s": round(count / used),
        "memory_mib": round(grown / 1024, 1),
    }  # fmt: skip


def _count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
