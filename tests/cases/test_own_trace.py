"""A span's attribute `trace.id`: the id that the application's other lines have, beside the tracer's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases.test_ids import expected_id

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "0000000000000002"


def span(attributes: dict[str, str] | None = None) -> bytes:
    """A call with these attributes beside its model."""
    all_of_it = {"gen_ai.request.model": "gpt-4.1", **(attributes or {})}
    named = [{"key": key, "value": {"stringValue": value}} for key, value in all_of_it.items()]
    one: dict[str, Any] = {
        "traceId": TRACE, "spanId": SPAN, "name": "chat", "startTimeUnixNano": "1748768400123456789",
        "attributes": named,
    }  # fmt: skip
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}).encode()


def document(live_filter: Filter, line: bytes) -> Json:
    """The only one of a line."""
    [[found]] = live_filter.run("otel", [line])
    return found


def test_the_attribute_is_the_trace_and_the_id_stays(live_filter: Filter) -> None:
    """_id and event.id are made of the tracer's ids, which are still to be found."""
    with_own, without = document(live_filter, span({"trace.id": "trace-abc123"})), document(live_filter, span())
    assert with_own["_id"] == without["_id"] == expected_id("otel", f"{TRACE}:{SPAN}", None)
    assert with_own["_source"]["event"]["id"] == f"{TRACE}:{SPAN}"
    assert with_own["_source"]["trace"] == {"id": "trace-abc123"}
    assert with_own["_source"]["holysheep"]["metadata"] == {"trace_id": TRACE}
    assert without["_source"]["trace"] == {"id": TRACE}
    assert "metadata" not in without["_source"]["holysheep"]


def test_it_joins_the_agents_audit_entry(live_filter: Filter) -> None:
    """Both documents have one value in one field."""
    line = (
        b'{"log_id":"1","trace_id":"trace-abc123","timestamp":"2025-06-01T09:00:00Z","agent_id":"a","step_name":"s",'
        b'"model":"gpt-4.1","input_tokens":1,"output_tokens":1}'
    )
    [[_, step]] = live_filter.run("agent", [line])
    assert step["_source"]["trace"] == document(live_filter, span({"trace.id": "trace-abc123"}))["_source"]["trace"]


def test_a_step_has_it_too(live_filter: Filter) -> None:
    """A tool's span, which is an audit entry."""
    tool = span({"trace.id": "trace-abc123", "gen_ai.operation.name": "execute_tool"})
    found = document(live_filter, tool)
    assert found["_index"] == "holysheep-audit-2025.06.01"
    assert found["_source"]["trace"] == {"id": "trace-abc123"}
    assert found["_source"]["holysheep"]["metadata"] == {"trace_id": TRACE}


@pytest.mark.parametrize("own", ["", " ", "null", "undefined", "-", TRACE])
def test_what_names_no_other_trace_changes_nothing(live_filter: Filter, own: str) -> None:
    """A template's word for an absent value, and the tracer's id once more."""
    found = document(live_filter, span({"trace.id": own}))
    assert found["_source"] == document(live_filter, span())["_source"]
