"""The codec of the beats and kafka inputs: lines of many records become lines of few, with the same documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.filterrun import answers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
#: As in line_parts.rb.
MOST: Final = 50


def call(number: int) -> str:
    """A call that names its own time; some 110 bytes."""
    tokens = {"input": number + 1, "output": 1}
    return json.dumps({"timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1", "tokens": tokens})


def span(number: int) -> dict[str, Any]:
    """A span of a call; each tenth one is of something else."""
    name = "http.route" if number % 10 == 0 else "gen_ai.request.model"
    return {
        "traceId": f"{number // 7:032x}",
        "spanId": f"{number:016x}",
        "startTimeUnixNano": "1736937000123000000",
        "endTimeUnixNano": "1736937000973000000",
        "attributes": [
            {"key": name, "value": {"stringValue": "gpt-4.1"}},
            {"key": "gen_ai.usage.input_tokens" if number % 10 else "n", "value": {"intValue": "150"}},
            {"key": "gen_ai.usage.cost.amount", "value": {"doubleValue": 1.5e-7 * number}},
        ],
    }


def spans(*sizes: int, name: str = "shop") -> dict[str, Any]:
    """A resource with a scope of each size."""
    scopes, start = [], 0
    for size in sizes:
        scopes.append({"scope": {"name": "s"}, "spans": [span(start + n) for n in range(size)]})
        start += size
    return {"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]}, "scopeSpans": scopes}


CALLS: Final = [call(number) for number in range(120)]
ROWS: Final = [
    {"project_id": f"p{n}", "model": "gpt-4.1", "input_tokens": n, "num_model_requests": 1} for n in range(99)
]
BUCKET: Final = {"object": "bucket", "start_time": 1736937000, "end_time": 1736940600, "results": ROWS}
#: Lines that are taken apart, and the number of parts.
MANY: Final[dict[str, tuple[str, int]]] = {
    "an array": (f"[{', '.join(CALLS)}]", 3),
    "an array of exactly one part": (f"[{','.join(CALLS[:50])}]" + " " * 8192, 1),
    "an array with spaces": (f" [ {' , '.join(CALLS)} ] ", 3),
    "a truncated array": (f"[{','.join(CALLS)}"[:-9], 3),
    "an array with one broken record": (f"[{','.join([*CALLS[:7], CALLS[7][:-2], *CALLS[8:]])}]", 1),
    "a batch": (f'{{"logs": [{", ".join(CALLS)}]}}', 3),
    "a batch with more behind it": (f'{{"logs":[{",".join(CALLS)}],"sent":"2025-01-15"}}', 3),
    "objects in a row": ("".join(CALLS), 3),
    "objects in a row, the last one truncated": (" ".join(CALLS)[:-5], 3),
    "spans of one scope": (json.dumps({"resourceSpans": [spans(120)]}), 3),
    "spans of many scopes": (json.dumps({"resourceSpans": [spans(3, 60, 0, 1), spans(2, name="mail"), {}]}), 5),
    "an envelope of anybody's records": (json.dumps({"records": [json.loads(text) for text in CALLS]}), 3),
    "rows of a usage export": (json.dumps({"object": "page", "data": [BUCKET]}), 2),
}  # fmt: skip
#: Lines that stay whole.
FEW: Final = {
    "a short array": f"[{','.join(CALLS[:60])}]",
    "one call with a long text": json.dumps({**json.loads(CALLS[0]), "messages": ["} {" * 4000]}),
    "few spans with long texts": json.dumps({"resourceSpans": [spans(20)], "x": "y" * 9000}),
    "no JSON": "x" * 9000,
    "broken JSON": '{"resourceSpans": [' + "x" * 9000,
    "a text that looks like an array": "[INFO] " + "started, " * 1000,
    "an empty line": "",
    "one object with a list that is no list of records": json.dumps(
        {**json.loads(CALLS[0]), "data": list(range(3000))}
    ),
}


@pytest.fixture(scope="module")
def decoded(command: list[str], rules_file: Path) -> dict[str, list[Json]]:
    """The events of each line; of those with the name of a line and `, by Kafka` it came in Filebeat's envelope."""
    lines = {name: line for name, (line, _) in MANY.items()} | FEW
    envelopes = {
        f"{name}, by Kafka": json.dumps({"message": line, "log": {"offset": 7}}) for name, line in lines.items()
    }
    tasks = [{"data": line, "envelope": False} for line in lines.values()]
    tasks += [{"data": line, "envelope": True} for line in [*envelopes.values(), "no JSON", "[1]", '{"message": 7}']]
    names = [*lines, *envelopes, "no envelope", "an array for an envelope", "a number for a line"]
    return dict(zip(names, answers(command, "line_parts.rb", rules_file, tasks=tasks), strict=True))


def documents_of(live_filter: Filter, lines: list[str]) -> list[Json]:
    """What the filter makes of the lines, without the counts of ignored records."""
    documents = live_filter.run("-", [line.encode() for line in lines])
    return [document for of_line in documents for document in of_line if "-system-" not in document["_index"]]


@pytest.mark.parametrize("name", MANY)
def test_the_parts_give_the_documents_of_the_whole_line(
    live_filter: Filter, decoded: dict[str, list[Json]], name: str
) -> None:
    """The same ids, costs and order; no part has more than fifty records."""
    line, parts = MANY[name]
    whole = documents_of(live_filter, [line])
    messages = [event["message"] for event in decoded[name]]
    assert whole
    assert documents_of(live_filter, messages) == whole
    assert len(messages) == parts
    if parts > 1:
        assert all(len(documents_of(live_filter, [message])) <= MOST for message in messages)


def test_ignored_records_are_counted_once(live_filter: Filter, decoded: dict[str, list[Json]]) -> None:
    """Of 120 spans twelve are no calls, five in each part of fifty."""
    messages = [event["message"].encode() for event in decoded["spans of one scope"]]
    counted = [
        document["_source"]["holysheep"]["ignored_records"]
        for of_line in live_filter.run("-", messages)
        for document in of_line
        if "-system-" in document["_index"]
    ]
    assert counted == [5, 5, 2]


@pytest.mark.parametrize("name", FEW)
def test_a_line_of_few_records_stays_as_it_is(decoded: dict[str, list[Json]], name: str) -> None:
    """Byte for byte."""
    assert decoded[name] == [{"message": FEW[name]}]


@pytest.mark.parametrize("name", [*MANY, *FEW])
def test_by_kafka_each_part_has_the_envelope(decoded: dict[str, list[Json]], name: str) -> None:
    """The parts are those of a line that Filebeat sends itself."""
    assert decoded[f"{name}, by Kafka"] == [{**event, "log": {"offset": 7}} for event in decoded[name]]


def test_by_kafka_nothing_is_lost(decoded: dict[str, list[Json]]) -> None:
    """What is no envelope of Filebeat's goes on as it came."""
    assert decoded["no envelope"] == [{"message": "no JSON"}]
    assert decoded["an array for an envelope"] == [{"message": "[1]"}]
    assert decoded["a number for a line"] == [{"message": 7}]
