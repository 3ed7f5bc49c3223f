"""The test line of `python -m holysheep check`: it arrives, and is no call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from holysheep import check
from holysheep.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
TIME = "2025-06-01T00:00:00.000Z"


@pytest.mark.parametrize("way", ["client", "-", "-!body"])
def test_the_test_line_is_no_call(live_filter: Filter, tmp_path: Path, way: str) -> None:
    """By file, by a file of no known source, by webhook: one document, with the id that the person is told."""
    log = tmp_path / "api_requests.log"
    findings = list(check.target(Settings(log_file=log, spool=tmp_path / "spool")))
    [line] = log.read_bytes().splitlines()
    told = json.loads(line)
    # The filter of the tests has a clock of its own, by which today may be too far ahead.
    [[document]] = live_filter.run(way, [line.replace(told["timestamp"].encode(), TIME.encode())])
    assert document["_index"] == "holysheep-system-2025.06.01"
    assert document["_source"] == {
        "@timestamp": TIME,
        "event": {"id": told["log_id"], "created": "2026-11-21T00:00:00.000Z"},
        "holysheep": {"source": "client"},
        "message": "test line: it arrived, and counts as no call",
    }
    assert findings[-1].text == (
        "find it in Kibana's Discover, data view HolySheep everything that arrived (index system), "
        f'by event.id : "{told["log_id"]}"; it counts as no call'
    )


def test_other_lines_of_the_client_stay_calls(live_filter: Filter) -> None:
    """A model whose name only begins so is a model."""
    line = b'{"log_id":"a","timestamp":"2025-06-01T00:00:00Z","model":"holysheep-check-2","response_time_ms":5}'
    [[document]] = live_filter.run("client", [line])
    assert document["_index"] == "holysheep-api-2025.06.01"
