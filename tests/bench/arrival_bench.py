"""End to end: lines a second from a real Filebeat, by the real filter, to searchable in a real Elasticsearch.

Python stands in for Logstash's inputs and output: this process reads what Filebeat sends, and sends the documents.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.lines.bulk import Bulk
from runner.lines.feed import rules_of
from runner.lines.filter import LARGE, FilterProcess, Frame
from runner.runtimes.embedded import place
from tests.bench import node
from tests.bench.lines import SEED, client
from tests.bench.traffic import Traffic
from tests.filebeat.process import Filebeat, program
from tests.filebeat.receiver import Event, Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch
    from rich.progress import Progress

LINES: Final = 200_000
#: Lines before those that are measured, in hundredths: for Java's compilers.
WARM_UP: Final = 30
#: Lines that Filebeat has handed over and the filter has not taken yet.
WAITING: Final = 2000
POLL_S: Final = 0.1
PATIENCE_S: Final = 120.0
TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")


class Clock:
    """Seconds by the clock, and of processor time by program, since a mark."""

    def __init__(self, es: Elasticsearch, pids: dict[str, int]) -> None:
        """`pids` of the programs on this machine; Elasticsearch tells its own time."""
        self._es, self._pids = es, pids
        self._start = time.perf_counter()
        self._before = self._processor()

    def read(self) -> tuple[float, dict[str, float]]:
        """Both, in seconds."""
        seconds = time.perf_counter() - self._start
        return seconds, {name: now - self._before[name] for name, now in self._processor().items()}

    def _processor(self) -> dict[str, float]:
        (stats,) = self._es.nodes.stats(metric="process")["nodes"].values()
        result = {"Elasticsearch": stats["process"]["cpu"]["total_in_millis"] / 1000}
        for name, pid in self._pids.items():
            user, system = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()[11:13]
            result[name] = (int(user) + int(system)) * TICK_S
        return result


def run(progress: Progress) -> dict[str, Any]:
    """One run. `BENCH_LINES` sets another number of lines."""
    wanted = os.environ.get("BENCH_LINES", str(LINES)).replace("_", "")
    if not wanted.isdigit() or not int(wanted):
        raise UserError(f"BENCH_LINES={wanted} is no number of lines")
    binary = program()
    if binary is None:
        raise UserError("there is no Filebeat", where="arrival", hint="run `source .ci/stack.sh` once to build it")
    count, waiting = int(wanted), Queue[Event](WAITING)
    total = count + count * WARM_UP // 100
    task = progress.add_task("arrival: from Filebeat to searchable", total=total)
    with (
        tempfile.TemporaryDirectory() as folder_name,
        node.running(lambda text: progress.console.print(f"  {text}", highlight=False)) as es,
        Receiver(keep=waiting.put) as receiver,
        Filebeat(binary, folder := Path(folder_name), receiver.port) as filebeat,
        FilterProcess(place.chosen().jdk, size=LARGE) as running,
    ):
        size = _write(folder, filebeat, total)
        bulk = Bulk(es, rules_of()[1], sent=lambda: None)
        clock = None
        pids = {"Filebeat": filebeat.pid, "the filter": running._process.pid, "in place of Logstash": os.getpid()}
        for done, (_, documents) in enumerate(running.run(_frames(waiting)), 1):
            for document in documents:
                bulk.add(document, 1000)
            progress.advance(task)
            if done == total - count:
                clock = Clock(es, pids)
            if done == total:
                # The filter still runs, so that its time can be read.
                break
        bulk.flush()
        assert clock is not None
        _searchable(es, total)
        seconds, processor = clock.read()
    used_s = sum(processor.values())
    return {
        # What the cores could do if nothing else ran on them.
        "lines_per_s_alone": round(count / used_s * (os.cpu_count() or 1)),
        "lines": count, "bytes_a_line": round(size / total, 1), "lines_per_s": round(count / seconds),
        "cpu_us": {name: round(used / count * 1e6, 1) for name, used in processor.items()},
        "narrowest": max(processor, key=lambda name: processor[name]),
    }  # fmt: skip


def _write(folder: Path, filebeat: Filebeat, total: int) -> int:
    """All lines as one file, which Filebeat sees when it is whole. Its bytes."""
    traffic, path = Traffic(SEED, per_day=total), folder / "whole.log"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(client(traffic.call(), traffic) + "\n" for _ in range(total))
    target = filebeat.logs / "client" / "app.log"
    target.parent.mkdir()
    path.rename(target)
    return target.stat().st_size


def _frames(waiting: Queue[Event]) -> Iterator[Frame]:
    while True:
        event = waiting.get()
        source, log = event["fields"]["holysheep"]["source"], event["log"]
        line = str(event["message"]).encode()
        yield Frame(line, source, int(time.time() * 1000), log["file"]["path"], start=int(log["offset"]))


def _searchable(es: Elasticsearch, total: int) -> None:
    """Return when a search finds all lines, without a refresh of ours."""
    end, found = time.monotonic() + PATIENCE_S, 0
    index = f"{rules_of()[1]}-api-*"
    while (found := int(es.count(index=index)["count"])) < total:
        if time.monotonic() > end:
            raise UserError(f"{found:,} of {total:,} lines can be searched", where="arrival")
        time.sleep(POLL_S)
