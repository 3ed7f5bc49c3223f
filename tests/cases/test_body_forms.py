"""How a webhook's body may be written: what is read of batches over several lines, and of arrays with odd elements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
#: 1,000 prompt tokens at 8 USD a million and 1,000 completion tokens at 24.
COST: Final = 0.032


def call(name: str) -> str:
    """A line of the client; its id is `name`."""
    return (
        f'{{"log_id":"{name}","timestamp":"2025-06-01T12:34:56Z","model":"gpt-4.1","request_tokens":1000,'
        '"response_tokens":1000,"status_code":200}'
    )


def span(name: str) -> str:
    """A resource with one span of a call."""
    attributes = [
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4.1"}},
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "1000"}},
        {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "1000"}},
    ]
    spans = [{"traceId": "0" * 32, "spanId": name * 16, "startTimeUnixNano": "1748781296000000000"}]
    return json.dumps({"scopeSpans": [{"spans": [{**spans[0], "attributes": attributes}]}]})


A, B, C = call("a"), call("b"), call("c")
HALF: Final = '{"log_id":"h","ti'


def outcome(document: Json) -> str:
    """A call's own id, or the reason of a rejection, or what a system document says."""
    source = document["_source"]
    if "rejected" in source["holysheep"]:
        return f"!{source['holysheep']['rejected']['reason']}"
    if "-system-" in document["_index"]:
        return str(source["message"])
    assert source["holysheep"]["cost"]["total"] == COST
    return str(source["event"]["id"])


def outcomes(live_filter: Filter, text: str, source: str = "-!body") -> list[str]:
    """Those of all documents of a text."""
    [documents] = live_filter.run(source, [text.encode()])
    return [outcome(document) for document in documents]


INVALID: Final = "!invalid_json"
BODIES: Final = {
    "a batch with a record a line": (f'{{"logs":[\n{A},\n{B}\n]}}', ["a", "b"]),
    "the same in DOS's lines": (f'{{"logs":[\r\n{A},\r\n{B}\r\n]}}\r\n', ["a", "b"]),
    "records with a record a line": (f'{{"records":[\n{A},\n{B}\n]}}\n', ["a", "b"]),
    "a batch whose records have two lines": (
        f'{{"logs":[\n{A},\n{B}\n]}}'.replace(',"model"', ',\n"model"'),
        ["a", "b"],
    ),
    "a batch that was cut off": (f'{{"logs":[\n{A},\n{B},\n{HALF}', [INVALID, "a", "b", INVALID]),
    "NDJSON with commas but the last": (f"{A},\n{B},\n{C}", ["a", "b", "c"]),
    "NDJSON with commas": (f"{A},\n{B},\n{C},\n", ["a", "b", "c"]),
    "NDJSON with commas and a broken line": (f"{A},\n{HALF},\n{C}", ["a", INVALID, "c"]),
    "NDJSON whose first line is broken": (f"{HALF}\n{B}\n{C}", [INVALID, "b", "c"]),
    "NDJSON whose first line lacks its end": (f"{A[:-1]}\n{B}\n{C}", [INVALID, "b", "c"]),
    # Read as one text, its strings end elsewhere and its braces fit.
    "NDJSON with two lines broken within a text": (f"{HALF}\n{HALF}\n{C}", [INVALID, INVALID, "c"]),
    # Its braces fit as well.
    "a first line without its end, a last one without its begin": (
        f'{A[:-1]},\n{B}\n"z":1}}',
        [INVALID, "b", INVALID],
    ),
    "objects over several lines": ("\n".join(json.dumps(json.loads(text), indent=2) for text in (A, B)), ["a", "b"]),
    "objects over several lines with lines of objects": (
        "\n".join(f'{text[:-1]},\n"metadata":{{"x":[\n{{"y":1}},\n2]}}}}' for text in (A, B)),
        ["a", "b"],
    ),
    "an array with a null first": (f"[null,{A},{B}]", ["!not_an_object", "a", "b"]),
    "an array with a text first, cut off": (f'["x, {{",{A},{B[:40]}', ["!not_an_object", "a", INVALID]),
    "an array with a number first, over several lines": (f"[\n-1.5e3,\n{A}\n]", ["!not_an_object", "a"]),
}


@pytest.mark.parametrize("name", BODIES)
def test_each_record_of_a_body_is_read(live_filter: Filter, name: str) -> None:
    """And what is none is rejected by itself."""
    body, expected = BODIES[name]
    assert outcomes(live_filter, body) == expected


def test_spans_with_a_resource_a_line(live_filter: Filter) -> None:
    """OTLP's envelope, too."""
    body = f'{{"resourceSpans":[\n{span("a")},\n{span("b")}\n]}}'
    assert outcomes(live_filter, body) == [f"{'0' * 32}:{'a' * 16}", f"{'0' * 32}:{'b' * 16}"]


def test_the_records_have_the_ids_that_they_have_alone(live_filter: Filter) -> None:
    """The id is made of the record's own text, without its comma."""
    texts = [f'{{"timestamp":"2025-01-15T10:30:00Z","model":"m","tokens":{{"input":{n},"output":2}}}}' for n in (1, 2)]
    alone = [documents[0]["_id"] for documents in live_filter.run("-!body", [text.encode() for text in texts])]
    for body in (f'{{"logs":[\n{texts[0]},\n{texts[1]}\n]}}', ",\n".join(texts), f"[0,{','.join(texts)}]"):
        [documents] = live_filter.run("-!body", [body.encode()])
        assert [document["_id"] for document in documents][-2:] == alone


def test_plain_text_that_begins_with_a_bracket_is_no_array(live_filter: Filter) -> None:
    """In files of which nobody said the source; an array that is whole is one."""
    for line in ('[INFO] {"x":1}', '[1] {"x":1}', '[2025-01-15 10:30:00,123] {"x":1}', '[12, 3] {"x":1}', "[1, 2]"):
        assert len(outcomes(live_filter, line, "-")) == 1
    assert outcomes(live_filter, f"[null, {A}]", "-") == ["!not_an_object", "a"]


ENVELOPED: Final = '{"records":[%s]}'
AZURE: Final = (
    '{"time":"2025-01-15T10:30:00Z","category":"Audit","operationName":"ListKey","resourceId":"/S","correlationId":"c"}'
)
IGNORED: Final = "1 of 3 records are no model calls and were ignored"


@pytest.mark.parametrize("source", ["-!body", "-", "client", "azure_openai"])
def test_an_envelope_of_anybodys_records(live_filter: Filter, source: str) -> None:
    """Azure's records are counted as ignored; calls are read, and what is neither is rejected."""
    text = ENVELOPED % f'{A},{AZURE},{{"foo":1}}'
    assert outcomes(live_filter, text, source) == ["a", "!unknown_shape", IGNORED]


def test_azures_records_without_properties_are_its_own(live_filter: Filter) -> None:
    """Such as those of another category."""
    assert outcomes(live_filter, AZURE, "-") == ["1 of 1 records are no model calls and were ignored"]


def test_an_envelope_in_an_envelope_is_rejected(live_filter: Filter) -> None:
    """Its records are not silently lost; a call that only has such a key is read."""
    assert outcomes(live_filter, ENVELOPED % (ENVELOPED % A), "-!body") == ["!unknown_shape"]
    assert outcomes(live_filter, ENVELOPED % A.replace("{", '{"records":3,', 1), "-!body") == ["a"]
