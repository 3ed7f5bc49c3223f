"""The codec of the http input: bodies become documents before they are queued, as the filter would make them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.filterrun import answers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby


def call(number: int) -> str:
    """A call that names its own time."""
    tokens = {"input": number, "output": 1}
    return json.dumps({"timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1", "tokens": tokens})


BODIES: Final = {
    "one object": call(1),
    "an object over several lines": json.dumps(json.loads(call(1)), indent=2),
    "NDJSON": f"{call(1)}\n{call(2)}\r\n\n{call(3)}\n",
    "NDJSON with a broken line": f"{call(1)}\n{call(2)[:-9]}\n{call(3)}",
    "an array": f"[{call(1)}, {call(2)}]",
    "an array over several lines": json.dumps([json.loads(call(n)) for n in range(3)], indent=1),
    "a truncated array": f"[{call(1)}, {call(2)[:-5]}",
    "arrays in NDJSON": f"[{call(1)}]\n[{call(2)}, {call(3)}]",
    "an array in an array": f"[[{call(1)}], {call(2)}]",
    "a batch": f'{{"logs": [{call(1)}, {call(2)}, 7]}}',
    "batches in NDJSON": f'{{"logs": [{call(1)}]}}\n{{"logs": [{call(2)}, {call(3)}]}}',
    "objects in a row": f"{call(1)}{call(2)} {call(3)}",
    "no JSON": "<xml>not understood</xml>",
    "an empty array": "[]",
}


@pytest.fixture(scope="module")
def decoded(command: list[str], rules_file: Path) -> dict[str, Json]:
    """The answer to each of BODIES."""
    tasks = [{"body": body} for body in BODIES.values()]
    return dict(zip(BODIES, answers(command, "webhook.rb", rules_file, tasks=tasks), strict=True))


def without_arrival(document: Json) -> Json:
    """The document but for when it was first seen, which differs between two runs."""
    source = {**document["_source"], "event": {**document["_source"]["event"], "created": None}}
    if source["@timestamp"].startswith("2025-01-15"):
        return {**document, "_source": source}
    return {"_id": document["_id"], "_source": {**source, "@timestamp": None}}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_becomes_the_documents_that_the_filter_makes_of_it(
    live_filter: Filter, decoded: dict[str, Json], name: str
) -> None:
    """Same documents, ids and order as of the body as a whole, one event each, and no event has the raw text."""
    (expected,) = live_filter.run("-!body", [BODIES[name].encode()])
    actual = decoded[name]
    assert [without_arrival(document) for document in actual["documents"]] == [
        without_arrival(document) for document in expected
    ]
    assert actual["events"] == len(actual["documents"])
    assert actual["raw"] == 0
    assert actual["error"] is None


def test_what_the_queue_does_not_take_is_not_accepted(command: list[str], rules_file: Path) -> None:
    """When the queue fails in the midst of a body, the codec raises: the sender gets no 200, and sends it again."""
    batches = f"{call(1)}\n[{call(2)}, {call(3)}]\n{call(4)}"
    tasks = [{"body": batches, "stop": 2}, {"body": batches}]
    first, second = answers(command, "webhook.rb", rules_file, tasks=tasks)
    assert (first["events"], first["error"]) == (2, "the queue is closed")
    assert (second["events"], second["error"]) == (4, None)
    assert [document["_id"] for document in first["documents"]] == [
        document["_id"] for document in second["documents"]
    ][:2]


def test_a_body_that_could_not_be_unpacked_is_kept_as_that(command: list[str], rules_file: Path) -> None:
    """The server hands over nothing when a body isn't packed as it says; only an empty body with a length is empty."""
    tasks = [{"body": "", "encoding": "chunked"}, {"body": " \n"}]
    unpacked, empty = answers(command, "webhook.rb", rules_file, tasks=tasks)
    reasons = [actual["documents"][0]["_source"]["holysheep"]["rejected"]["reason"] for actual in (unpacked, empty)]
    assert reasons == ["unreadable_body", "empty_line"]
