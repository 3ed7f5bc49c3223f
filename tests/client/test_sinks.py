"""The webhook, standard output and OTLP, each against a real receiver."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from holysheep import delivery
from holysheep.logger import Logger
from holysheep.settings import Settings
from holysheep.sinks import FileSink, OtlpSink, StdoutSink, WebhookSink
from tests.client.collector import Collector, collecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A receiver."""
    with collecting() as server:
        yield server


def numbered(count: int) -> list[bytes]:
    """Lines of a few bytes."""
    return [b'{"n":%d}\n' % n for n in range(count)]


def test_webhook_batches(collector: Collector, tmp_path: Path) -> None:
    """2,500 lines are three packed bodies on one connection, with the password of the file."""
    password = tmp_path / "password"
    password.write_text("s3cret\n")
    sink = WebhookSink(collector.url, password_file=password)
    sink.send(numbered(2500))
    sink.close()
    assert collector.lines() == numbered(2500)
    assert [body.count(b"\n") for body in collector.bodies] == [1000, 1000, 500]
    assert set(collector.users) == {"holysheep:s3cret"}
    assert len(collector.connections) == 1


def test_webhook_says_what_to_do(collector: Collector) -> None:
    """A refusal is an error with a sentence."""
    collector.statuses = [401]
    with pytest.raises(OSError, match="HTTP 401: the user or the password is wrong"):
        WebhookSink(collector.url).send(numbered(1))


def test_webhook_splits_what_is_too_large(collector: Collector) -> None:
    """413: halves, until they fit."""
    collector.max_lines = 30
    WebhookSink(collector.url).send(numbered(100))
    assert collector.lines() == numbered(100)


@pytest.mark.parametrize(("kind", "status"), [(WebhookSink, 413), (OtlpSink, 413), (OtlpSink, 400)])
def test_a_line_that_is_refused_for_good_holds_up_no_other(
    collector: Collector, tmp_path: Path, kind: type[WebhookSink | OtlpSink], status: int
) -> None:
    """It is found by halves, dropped and counted; it came again and again, and every later line waited behind it."""
    logger = Logger(Settings.read({}, spool=tmp_path / "s", handle_sigterm=False), [kind(collector.url)])
    # All eight, the first four, the last four, two of these, one.
    collector.statuses = [status, 200, status, status, status]
    for n in range(8):
        logger.log(log_id=f"id-{n}", model="gpt-4.1", input_tokens=n, output_tokens=1)
    assert logger.flush()
    logger.log(log_id="id-9", model="gpt-4.1", input_tokens=9, output_tokens=1)
    assert logger.flush()
    text = b"".join(collector.bodies).decode()
    assert [n for n in range(10) if f"id-{n}" in text] == [0, 1, 2, 3, 5, 6, 7, 9]
    stats = next(iter(logger.stats()["sinks"].values()))
    assert (stats["sent"], stats["dropped"], stats["failures"]) == (8, 1, 0)
    logger.close()


def test_webhook_outage(collector: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """500, 429 and a refused connection: every line comes, some perhaps twice, when the webhook is back."""
    monkeypatch.setattr(delivery, "FIRST_S", 0.05)
    collector.statuses = [500, 429, 500]
    settings = Settings.read({"HOLYSHEEP_WEBHOOK_URL": collector.url}, spool=tmp_path / "s", handle_sigterm=False)
    logger = Logger(settings)
    for n in range(300):
        logger.log(log_id=f"id-{n}", model="gpt-4.1", input_tokens=n)
    logger.flush()
    end = time.monotonic() + 10
    while len({json.loads(line)["log_id"] for line in collector.lines()}) < 300:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert logger.stats()["sinks"]["webhook"]["failures"] >= 3
    logger.close()


def test_stdout(tmp_path: Path) -> None:
    """Each line whole, through a pipe."""
    reader, writer = os.pipe()
    lines = [b"%d %s\n" % (n, b"x" * 300) for n in range(100)]
    StdoutSink(writer).send(lines)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.readlines() == lines
    FileSink(tmp_path / "a.log").send(lines)


def test_several_at_once(collector: Collector, tmp_path: Path) -> None:
    """A file, the webhook and OTLP get the same calls."""
    with collecting() as other:
        sinks = [FileSink(tmp_path / "a.log"), WebhookSink(collector.url), OtlpSink(other.url)]
        logger = Logger(Settings.read({}, spool=tmp_path / "s", handle_sigterm=False, service="shop"), sinks)
        for n in range(50):
            logger.log(log_id=f"id-{n}", model="gpt-4.1", input_tokens=n, output_tokens=1, trace_id="a" * 32)
        assert logger.flush()
        logger.close()
        file = (tmp_path / "a.log").read_bytes().splitlines(keepends=True)
        assert len(file) == 50
        assert collector.lines() == file
        [resource] = json.loads(other.bodies[0])["resourceLogs"]
        assert resource["resource"]["attributes"] == [{"key": "service.name", "value": {"stringValue": "shop"}}]
        record = resource["scopeLogs"][0]["logRecords"][7]
        assert record["traceId"] == "a" * 32
        assert {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "7"}} in record["attributes"]
