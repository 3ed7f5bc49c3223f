"""A call that an application in a container printed, and the stack trace that Filebeat joined to its line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.cases.test_body_forms import COST, A

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
TRACE: Final = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x'
#: Neither an id nor a time of its own.
BARE: Final = '{"model":"gpt-4.1","tokens":{"input":1,"output":2},"latency_ms":5}'
TIME: Final = "2025-06-01T12:00:00.5Z"


def kinds(documents: list[Json]) -> list[str]:
    """The kinds of indices."""
    return [document["_index"].split("-")[1] for document in documents]


def docker(text: str) -> str:
    """In the wrapper of Docker's json-file."""
    return json.dumps({"log": f"{text}\n", "stream": "stderr", "time": TIME})


WRAPPED: Final = {
    "no wrapper": lambda text: text,
    "Docker": docker,
    "CRI": lambda text: f"{TIME} stderr F {text}",
}


@pytest.mark.parametrize("wrapper", WRAPPED)
@pytest.mark.parametrize("rest", [TRACE, "  x = 1\nValueError: y", "\tat com.example.A"])
def test_the_call_and_the_trace_are_two_documents(live_filter: Filter, wrapper: str, rest: str) -> None:
    """The call with its cost, the trace as text; read again, both are the same."""
    line = WRAPPED[wrapper](f"{A}\n{rest}").encode()
    first, again = live_filter.run("container", [line, line])
    assert first == again
    assert kinds(first) == ["api", "system"]
    call, system = (document["_source"] for document in first)
    assert (call["event"]["id"], call["holysheep"]["cost"]["total"]) == ("a", COST)
    assert system["message"] == rest


@pytest.mark.parametrize("wrapper", ["Docker", "CRI"])
def test_the_trace_has_the_engines_time_and_stream(live_filter: Filter, wrapper: str) -> None:
    """And the call, where it names none."""
    [[call, system]] = live_filter.run("container", [WRAPPED[wrapper](f"{BARE}\n{TRACE}").encode()])
    assert call["_source"]["@timestamp"] == system["_source"]["@timestamp"] == "2025-06-01T12:00:00.500Z"
    assert system["_source"]["stream"] == "stderr"


@pytest.mark.parametrize("wrapper", ["no wrapper", "CRI"])
@pytest.mark.parametrize("call", [A, BARE])
def test_the_call_has_the_id_that_it_has_alone(live_filter: Filter, wrapper: str, call: str) -> None:
    """Whether the shipper joins the trace depends on the time between the two lines."""
    lines = [WRAPPED[wrapper](text).encode() for text in (call, f"{call}\n{TRACE}")]
    alone, joined = live_filter.run("container", lines, 100)
    assert alone[0] == joined[0]


@pytest.mark.parametrize("wrapper", WRAPPED)
def test_an_object_over_several_lines_stays_one(live_filter: Filter, wrapper: str) -> None:
    """Also one whose first line ends with a brace, and one with blank lines behind it."""
    pretty = json.dumps(json.loads(A), indent=2)
    split = A[:-1] + ',"metadata":{"x":1}\n,"y":2}'
    lines = [WRAPPED[wrapper](text).encode() for text in (pretty, split, f"{A}\n  ")]
    for documents in live_filter.run("container", lines):
        assert kinds(documents) == ["api"]
        assert documents[0]["_source"]["event"]["id"] == "a"


def test_what_is_no_call_stays_one_text(live_filter: Filter) -> None:
    """JSON that no source knows, and half a call."""
    lines = [f"{text}\n{TRACE}".encode() for text in ('{"x":1}', A[:-5], "starting")]
    assert [kinds(documents) for documents in live_filter.run("container", lines)] == [["system"]] * 3


def test_a_failed_call_keeps_its_copy(live_filter: Filter) -> None:
    """In `errors`, before the trace."""
    failed = A.replace("200", "500")
    [documents] = live_filter.run("container", [f"{failed}\n{TRACE}".encode()])
    assert kinds(documents) == ["api", "errors", "system"]
