"""Lines with an idempotency key: a retry writes a step again, with another log_id and another time."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
KEY = "trace-abc123-intent_classification"
#: A template's words for a value that is not there, and values that can't be a key.
NO_KEYS = [
    "",
    " ",
    "null",
    "None",
    "-",
    "undefined",
    "nil",
    "unknown",
    "N/A",
    "--",
    "0",
    "false",
    0,
    False,
    None,
    True,
    {"a": "b"},
    ["a"],
]


def expected_id(source: str, key: str, *, failed: bool = False) -> str:
    """72 bits of the SHA-256 of source, key and whether the attempt failed: no time, no log_id."""
    digest = hashlib.sha256(f"{source}\0\0{key}\0{'failure' if failed else ''}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()


def step(second: int, **values: Any) -> bytes:  # noqa: ANN401  # JSON of any shape
    """An agent's line of this second of 2025-06-01, 10:00 UTC."""
    line = {
        "log_id": f"{KEY}-17487720{second:02}.5", "trace_id": "trace-abc123", "agent_id": "support",
        "timestamp": f"2025-06-01T10:00:{second:02}+00:00", "step_name": "intent_classification", "model": "gpt-4.1",
        "input_tokens": 150, "output_tokens": 45, "latency_ms": 320.5, "idempotency_key": KEY, **values,
    }  # fmt: skip
    return json.dumps(line).encode()


def places(documents: list[Json]) -> list[tuple[str, str]]:
    """Where Elasticsearch keeps each document."""
    return [(document["_index"], document["_id"]) for document in documents]


def test_four_lines_of_a_key_are_one_call_and_one_audit_entry(live_filter: Filter) -> None:
    """Other ids, other seconds, another latency: the same documents."""
    lines = [step(second, latency_ms=300 + second) for second in (1, 2, 3, 40)]
    found = {place for documents in live_filter.run("agent", lines) for place in places(documents)}
    one = expected_id("agent", KEY)
    assert found == {("holysheep-api-2025.06.01", one), ("holysheep-audit-2025.06.01", one)}


@pytest.mark.parametrize("source", ["agent", "client", "-", "-!body"])
def test_a_key_counts_in_batches_and_by_every_way(live_filter: Filter, source: str) -> None:
    """A batch of a step and its retry gives each document twice, whoever brings it; event.id is the line's log_id."""
    batch = b'{"logs": [%s, %s], "batch_timestamp": "2025-06-01T10:00:05Z"}' % (step(1), step(2))
    [documents] = live_filter.run(source, [batch])
    one = expected_id("client" if source == "client" else "agent", KEY)
    assert [document["_id"] for document in documents] == [one] * 4
    ids = [document["_source"]["event"]["id"] for document in documents]
    assert ids == [f"{KEY}-1748772001.5"] * 2 + [f"{KEY}-1748772002.5"] * 2


def test_the_gateways_lines_may_have_a_key(live_filter: Filter) -> None:
    """An export line whose id is that of the request: the key names the call."""
    line = b'{"id":"req_%d","event":"chat_completion","timestamp":"2025-06-01T10:00:0%dZ","model":"gpt-4.1",%s}'
    rest = b'"tokens":{"input":10,"output":5},"latency_ms":5,"status":"success","idempotency_key":"job-7"'
    [[first], [second]] = live_filter.run("webhook", [line % (1, 1, rest), line % (2, 2, rest)])
    assert first["_id"] == second["_id"] == expected_id("webhook", "job-7")
    assert second["_source"]["event"]["id"] == "req_2"


def test_a_failed_attempt_is_not_the_call_of_its_retry(live_filter: Filter) -> None:
    """The retry may be billed: it must not vanish behind the failure that came first."""
    failed, again, done = live_filter.run("agent", [step(1, error="429"), step(2, error="timeout"), step(3)])
    assert {document["_id"] for document in failed + again} == {expected_id("agent", KEY, failed=True)}
    assert [document["_index"].split("-")[1] for document in failed] == ["api", "audit", "errors"]
    assert {document["_id"] for document in done} == {expected_id("agent", KEY)}
    assert done[0]["_source"]["event"]["outcome"] == "success"


def test_a_retry_over_midnight_is_a_second_document(live_filter: Filter) -> None:
    """The id is the same, the day's index is another."""
    before, after = live_filter.run(
        "agent", [step(0, timestamp="2025-06-01T23:59:59Z"), step(0, timestamp="2025-06-02T00:00:01Z")]
    )
    assert before[0]["_id"] == after[0]["_id"]
    assert [before[0]["_index"], after[0]["_index"]] == ["holysheep-api-2025.06.01", "holysheep-api-2025.06.02"]


def test_event_id_is_the_key_where_the_line_has_no_other(live_filter: Filter) -> None:
    """As the log calls the call; and the key is among the metadata."""
    [[call, _]] = live_filter.run("agent", [step(1, log_id=None, idempotency_key="job-7")])
    assert call["_source"]["event"]["id"] == "job-7"
    assert call["_source"]["holysheep"]["metadata"] == {"idempotency_key": "job-7"}


@pytest.mark.parametrize("key", NO_KEYS)
def test_what_names_no_call_is_no_key(live_filter: Filter, key: object) -> None:
    """Else all lines of a template without a key would be one document."""
    first, second = live_filter.run("agent", [step(1, idempotency_key=key), step(2, idempotency_key=key)])
    assert first[0]["_id"] != second[0]["_id"]
    bare = json.loads(step(1))
    del bare["idempotency_key"]
    [[without, _]] = live_filter.run("agent", [json.dumps(bare).encode()])
    assert first[0]["_id"] == without["_id"]


def test_a_key_that_is_a_number_counts_as_its_text(live_filter: Filter) -> None:
    """42 and "42" are the same call."""
    number, text = live_filter.run("agent", [step(1, idempotency_key=42), step(2, idempotency_key="42")])
    assert number[0]["_id"] == text[0]["_id"] == expected_id("agent", "42")


def test_the_python_clients_key_is_a_header(live_filter: Filter) -> None:
    """Providers that ignore it bill each request: two calls stay two."""
    line = (
        b'{"log_id":"%d","timestamp":"2025-06-01T10:00:01Z","model":"gpt-4.1","request_tokens":1,"response_tokens":1,'
        b'"response_time_ms":5,"status_code":200,"idempotency_key":"job-7"}'
    )
    [[first], [second]] = live_filter.run("client", [line % 1, line % 2])
    assert first["_id"] != second["_id"]
