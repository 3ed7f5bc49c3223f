"""From the Python client by its rotating file and a real Filebeat to the real filter: no line lost, the same cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from generator.paths import ROOT
from holysheep.sinks import FileSink
from tests.cases.conftest import command as command  # noqa: PLC0414  # a fixture
from tests.filebeat.process import Filebeat
from tests.filebeat.receiver import Event, Receiver
from tests.filebeat.writer import keys, line
from tests.filterrun import Filter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.filebeat, pytest.mark.jruby]
#: The calls are of 2026-11-20, the day before tests/filterrun.py says that lines are seen.
PROCESSES, CALLS = 3, 2000
PROGRAM = """
import random, sys, time, holysheep
number, count = int(sys.argv[1]), int(sys.argv[2])
holysheep.configure(max_file_bytes=50_000, flush_seconds=0.5, keep_files=2, rotate_seconds=1.5, service="shop")
chance = random.Random(number)
for n in range(count):
    usage = {"prompt_tokens": chance.randrange(9000), "completion_tokens": chance.randrange(3000),
             "prompt_tokens_details": {"cached_tokens": chance.randrange(2)}}
    model = chance.choice(["gpt-4.1", "claude-sonnet-4-5", "gemini-2.5-flash", "deepseek-v3.2", "unknown"])
    holysheep.log(model=model, usage=usage, latency_ms=chance.random() * 3000, status_code=200,
                  started_ns=1_795_200_000_000_000_000 + n)
    if n % 500 == 0:
        # Each burst is seven files' worth of lines. Filebeat looks for files every second.
        time.sleep(2)
"""


def message_of(event: Event) -> str:
    """The line itself."""
    return str(event["message"])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Remembers whole lines."""
    with Receiver(keep=message_of) as running:
        yield running


def test_the_first_call_after_a_quiet_night(binary: Path, tmp_path: Path) -> None:
    """It rotates a log that Filebeat has closed, and is read, although the file system could reuse an inode at once."""
    quiet = {"HOLYSHEEP_FILEBEAT_KEEP_OPEN": "2s"}
    with Receiver() as receiver, Filebeat(binary, tmp_path, receiver.port, variables=quiet) as filebeat:
        sink = FileSink(filebeat.logs / "client" / "a.log", max_bytes=len(line("quiet", 0)), keep=1, rotate_seconds=0)
        for number in range(5):
            sink.send([line("quiet", number)])
            receiver.wait(number + 1, longest_s=10)
            # Longer than files are kept open, with the second in which that is noticed.
            time.sleep(4)
        sink.close()
    assert set(receiver.seen) == keys("quiet", 5)


def test_from_the_client_to_the_document(
    filebeat: Filebeat, receiver: Receiver, command: list[str], tmp_path: Path
) -> None:
    """Three processes share a file that rotates under load; each call is one document, whose cost is the client's."""
    log = filebeat.logs / "api_requests.log"
    told = {**os.environ, "HOLYSHEEP_LOG_FILE": str(log), "HOLYSHEEP_SPOOL": str(tmp_path / "spool")}
    running = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, str(number), str(CALLS)], env=told)
        for number in range(PROCESSES)
    ]
    assert [process.wait(60) for process in running] == [0] * PROCESSES
    receiver.wait(PROCESSES * CALLS)
    assert len(list(filebeat.logs.glob("api_requests.log.*"))) == 2
    lines = {(line := json.loads(message))["log_id"]: line for message in receiver.seen}
    assert len(lines) == len(receiver.seen) == PROCESSES * CALLS
    live = Filter(command, ROOT / "logstash" / "rules" / "rules.json")
    try:
        answers = live.run("client", [message.encode() for message in receiver.seen])
    finally:
        live.close()
    costs = {}
    for [document] in answers:
        source = document["_source"]
        costs[source["event"]["id"]] = source["holysheep"]["cost"].get("total_nano")
        assert source["holysheep"]["cost"].get("difference", 0) == 0
    assert costs == {log_id: line.get("cost_nano") for log_id, line in lines.items()}
