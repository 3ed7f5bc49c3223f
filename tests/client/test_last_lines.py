"""The last lines of a process: exit hooks in any order, servers that die by SIGTERM, forks that share a connection."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from holysheep.delivery import Delivery
from holysheep.logger import Logger
from holysheep.settings import Settings
from holysheep.spool import Spool
from tests.client.collector import Collector, collecting
from tests.client.programs import ids, lines, run, terminated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.client.openai_server import Api

#: Of an application that sets its handler before the logger is made.
AGAIN = "holysheep.configure(log_file=folder + '/api_requests.log', spool=folder + '/spool')\n"


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A receiver."""
    with collecting() as server:
        yield server


def test_a_server_that_dies_by_the_signal_in_the_end(tmp_path: Path) -> None:
    """As uvicorn does: its handler notes the signal, a request comes to its end, and SIGTERM kills by default."""
    body = (
        "stop = []\n"
        "signal.signal(signal.SIGTERM, lambda *_: stop.append(1))\n" + AGAIN + "call(1)\nprint('ready', flush=True)\n"
        "while not stop: time.sleep(0.01)\n"
        "call(2)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
        "signal.raise_signal(signal.SIGTERM)\n"
    )
    assert terminated(tmp_path, body) == -signal.SIGTERM
    assert sorted(ids(tmp_path)) == ["id-1", "id-2"]


def test_a_client_that_is_wrapped_watches_for_the_signal(tmp_path: Path) -> None:
    """The first call is logged by a thread, which can't watch: `wrap` did, in the main thread."""
    body = (
        "import httpx, threading\n"
        "signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
        "holysheep.wrap(httpx.Client())\n"
        "thread = threading.Thread(target=call, args=(1,)); thread.start(); thread.join()\n"
        "print('ready', flush=True)\ntime.sleep(60)"
    )
    terminated(tmp_path, body)
    assert ids(tmp_path) == ["id-1"]


def test_an_exit_hook_that_runs_after_ours(tmp_path: Path) -> None:
    """Hooks run in the reverse order: one that was registered before the import logs when all is flushed."""
    program = (
        "import atexit, sys\n"
        "def log(name): holysheep.log(log_id=name, model='gpt-4.1', input_tokens=1, output_tokens=1)\n"
        "atexit.register(log, 'late')\n"
        "import holysheep\n"
        "holysheep.configure(log_file=sys.argv[1] + '/api_requests.log', spool=sys.argv[1] + '/spool')\n"
        "log('early')\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=60)
    assert ids(tmp_path) == ["early", "late"]


def test_the_end_of_a_program_starts_no_thread(collector: Collector, tmp_path: Path) -> None:
    """Python 3.12 refuses to start one in an exit hook; a short script's line comes all the same."""
    body = (
        "import atexit, threading\n"
        'def refuse(thread): raise RuntimeError("can\'t create new thread at interpreter shutdown")\n'
        "call(1)\n"
        "atexit.register(lambda: setattr(threading.Thread, 'start', refuse))\n"
    )
    run(tmp_path, body, webhook_url=collector.url)
    assert len(collector.lines()) == 1


def test_a_forked_child_has_a_connection_of_its_own(collector: Collector, tmp_path: Path) -> None:
    """Requests of two processes on one connection would get each other's answers."""
    body = (
        "call(0)\nassert holysheep.flush()\n"
        "child = os.fork()\n"
        "for n in range(1, 41):\n"
        "    call(n + (0 if child else 100))\n"
        "    time.sleep(0.002)\n"
        "assert holysheep.flush()\n"
        "os.waitpid(child, 0) if child else os._exit(0)\n"
    )
    run(tmp_path, body, webhook_url=collector.url, flush_lines=1)
    assert len(collector.lines()) == 81
    assert len(collector.connections) == 2


STREAM = (
    "import httpx\n"
    "client = httpx.Client(transport=holysheep.transport())\n"
    "asked = {{'model': 'gpt-4.1', 'messages': [], 'stream': True}}\n"
    "answer = client.send(client.build_request('POST', '{url}/chat/completions', json=asked), stream=True)\n"
    "chunk = next(answer.iter_bytes())\n"
)


def test_a_stream_that_the_program_holds_when_it_ends(api: Api, tmp_path: Path) -> None:
    """Read in part, and never closed."""
    run(tmp_path, STREAM.format(url=api.url))
    [line] = lines([tmp_path / "api_requests.log"])
    assert (line["status_code"], line["stream_end"]) == (200, "closed")


def test_a_stream_is_the_call_of_one_process(api: Api, tmp_path: Path) -> None:
    """A forked child that lets go of it logs nothing."""
    fork = (
        "child = os.fork()\n"
        "if not child:\n"
        "    del answer\n"
        "    import gc; gc.collect()\n"
        "    sys.exit()\n"
        "os.waitpid(child, 0)\n"
    )
    run(tmp_path, STREAM.format(url=api.url) + fork)
    assert len(ids(tmp_path)) == 1


class Target:
    """A slow sink that takes all."""

    name, slow = "target", True

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def send(self, lines: Sequence[bytes]) -> None:
        """Take lines."""
        self.lines += lines

    def close(self) -> None:
        """Nothing."""


class Lazy(Delivery):
    """Its thread is interrupted just when it took lines out of the queue."""

    def _take(self) -> Sequence[bytes] | None:
        lines = super()._take()
        time.sleep(0.1)
        return lines


def test_flush_waits_for_lines_that_are_between_queue_and_sink(tmp_path: Path) -> None:
    """They are in no queue, and not yet sent."""
    target = Target()
    delivery = Lazy(target, Spool(tmp_path / "spool", 10**6))
    delivery.submit([b"{}\n"])
    time.sleep(0.05)
    assert delivery.finish(10)
    assert target.lines == [b"{}\n"]


def test_in_a_hurry_a_slow_sink_s_lines_are_on_the_disk(tmp_path: Path) -> None:
    """A process that is killed by its own SIGTERM leaves them to the next one."""
    with collecting() as away:
        away.statuses = [503] * 100
        body = (
            "stop = []\n"
            "signal.signal(signal.SIGTERM, lambda *_: stop.append(1))\n"
            f"holysheep.configure(webhook_url={away.url!r}, spool=folder + '/spool')\n"
            "print('ready', flush=True)\n"
            "while not stop: time.sleep(0.01)\n"
            "call(1)\nos.kill(os.getpid(), signal.SIGKILL)\n"
        )
        terminated(tmp_path, body)
    [left] = (tmp_path / "spool" / "webhook").iterdir()
    assert left.read_text(encoding="utf-8").count(os.linesep) == 1


def test_a_logger_that_is_closed_leaves_no_thread(tmp_path: Path) -> None:
    """As `configure` in each task of a worker, or in a cell of a notebook that is run again."""
    before = set(threading.enumerate())
    target = Target()
    loggers = [Logger(Settings.read({}, spool=tmp_path / str(n)), [target]) for n in range(5)]
    for logger in loggers:
        logger.log(model="gpt-4.1", input_tokens=1, output_tokens=1)
        logger.close()
    end = time.monotonic() + 10
    while not set(threading.enumerate()) <= before:
        assert time.monotonic() < end
        time.sleep(0.01)
    loggers[0].log(model="gpt-4.1", input_tokens=1, output_tokens=1)
    assert loggers[0].flush()
    assert len(target.lines) == 6
    loggers[0].close()
