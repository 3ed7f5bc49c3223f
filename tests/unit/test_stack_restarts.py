"""What `status` and `doctor` tell of restarts and of the limit of open files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from runner.runtimes.docker import openfiles, restarts

if TYPE_CHECKING:
    from pathlib import Path

    from runner.findings import Finding

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
#: What Logstash logs at each start, shortened.
FLAGS = '{"message":"JVM bootstrap flags: [-Xmx580m, -XX:+ExitOnOutOfMemoryError, -XX:-HeapDumpOnOutOfMemoryError]"}'
STARTED = "2026-11-24T11:50:00.123456789Z"


def test_a_service_that_ran_out_of_memory_is_said_to_have() -> None:
    """By the words that Java writes before it ends, whatever was logged after the restart."""
    log = "Terminating due to java.lang.OutOfMemoryError: Java heap space\n[INFO] Starting Logstash"
    description = restarts.describe("logstash", 15, {"StartedAt": STARTED}, log, NOW)
    assert description.recent
    assert "logstash ended and was restarted 15 times, last at 2026-11-24T11:50:00: its Java heap" in description.words


@pytest.mark.parametrize(
    ("state", "words"), [({"OOMKilled": True}, "it was above its memory limit"), ({}, "its log does not say why")]
)
def test_one_that_was_killed_says_nothing_itself(state: dict[str, bool], words: str) -> None:
    """The engine may know; else that is said."""
    description = restarts.describe("filebeat", 1, {"StartedAt": "2026-11-20T01:00:00Z", **state}, FLAGS, NOW)
    assert not description.recent
    assert words in description.words
    assert " once," in description.words


def test_a_logstash_that_ended_on_a_full_disk_is_said_to_have() -> None:
    """Its last words, seen on Logstash 9.5.2, don't name the disk."""
    words = "uncaught error (in thread webhook-executorGroup[T#2])"
    log = f'{{"level":"FATAL","loggerName":"org.logstash.Logstash","logEvent":{{"message":"{words}"}}}}\n{FLAGS}'
    description = restarts.describe("logstash", 1, {"StartedAt": STARTED}, log, NOW)
    assert "an error ended one of its threads, most likely since the disk is full" in description.words
    assert "docs/troubleshooting.md" in description.words


@pytest.mark.parametrize(("capabilities", "state"), [("0000000000000000", "wrong"), ("000001ffffffffff", "ok")])
def test_the_engines_limit_of_open_files_is_known_before(tmp_path: Path, capabilities: str, state: str) -> None:
    """Its own hard limit, or the kernel's where it may raise its own."""
    engine = tmp_path / "77"
    engine.mkdir()
    (engine / "comm").write_text("dockerd\n")
    (engine / "limits").write_text(
        "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024   20000   files\n"
    )
    (engine / "status").write_text(f"Name:\tdockerd\nCapEff:\t{capabilities}\n")
    (tmp_path / "sys" / "fs").mkdir(parents=True)
    (tmp_path / "sys" / "fs" / "nr_open").write_text("1048576\n")
    services = {"elasticsearch": {"ulimits": {"nofile": {"soft": 65535, "hard": 65535}}}, "kibana": {}}
    actual: list[Finding] = list(openfiles.look(services, tmp_path))
    assert [finding.state for finding in actual] == [state]
    assert list(openfiles.look({"kibana": {}}, tmp_path)) == []
