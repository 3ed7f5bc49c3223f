"""What becomes of a document that Elasticsearch refuses: the dead letter pipeline's own Ruby, under JRuby."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.registry import fields
from tests.filterrun import answers

pytestmark = pytest.mark.jruby
Json = dict[str, Any]

EVENT: Json = {
    "@timestamp": "2025-01-15T10:30:00.123Z",
    "event": {"id": "abc", "created": "2025-01-15T10:31:00.000Z"},
    "holysheep": {"source": "webhook"},
    "gen_ai": {"usage": {"input_tokens": "twelve"}},
}
#: As the elasticsearch output writes it: Ruby's form of a hash, of Ruby 3.1 (Logstash 8.19) and 3.4 (Logstash 9.5).
REASON = (
    "Could not index event to Elasticsearch. status: 400, action: "
    '["create", {:_id=>"abc"}, {"error"=>{"type"=>"none", "reason"=>"of the document"}}], response: '
    '{"create"=>{"_index"=>"holysheep-api-2025.01.15", "_id"=>"abc", "status"=>400, "error"=>'
    '{"type"=>"document_parsing_exception", "reason"=>"failed to parse field [x] of type [long]", '
    '"caused_by"=>{"type"=>"illegal_argument_exception", "reason"=>"For input string: \\"twelve\\""}}}}'
)
WORDS = (
    "400 document_parsing_exception: failed to parse field [x] of type [long]; "
    'illegal_argument_exception: For input string: "twelve"'
)


def letter(reason: str, index: str | None = "holysheep-api-2025.01.15", id_: str | None = "abc") -> Json:
    """The @metadata of a dead letter."""
    return {"index": index, "id": id_, "dead_letter_queue": {"reason": reason}}


@pytest.fixture(scope="module")
def documents(command: list[str]) -> list[Json]:
    """What comes of all the events of this file, in order."""
    events: list[Any] = [
        [EVENT, letter(REASON)],
        [EVENT, letter(REASON.replace("=>", " => "))],
        [EVENT, letter("", None, None)],
        [{**EVENT, "event": "text", "holysheep": [1], "@timestamp": "soon"}, letter(REASON)],
        [{**EVENT, "big": "x" * 100_000}, {"dead_letter_queue": "none"}],
    ]
    return answers(command, "deadletter.rb", tasks=events)


def test_reason_and_document_are_kept(documents: list[Json]) -> None:
    """Elasticsearch's words with their cause, the index and id that it was meant for, and the document as text."""
    actual = documents[0]["_source"]
    about = actual["holysheep"]["deadletter"]
    assert about["reason"] == WORDS
    assert (about["index"], about["id"]) == ("holysheep-api-2025.01.15", "abc")
    assert json.loads(about["document"]) == EVENT
    assert actual["holysheep"]["source"] == "webhook"


def test_it_lies_in_the_day_of_the_event(documents: list[Json]) -> None:
    """The index is that of the event's own day, and its time is kept."""
    assert documents[0]["_index"] == "holysheep-deadletter-2025.01.15"
    assert documents[0]["_source"]["@timestamp"] == EVENT["@timestamp"]


def test_both_versions_of_ruby_are_understood(documents: list[Json]) -> None:
    """Ruby 3.4 writes hashes with spaces around the arrow; the document is the same."""
    assert documents[1] == documents[0]


def test_the_same_document_refused_twice_is_one(documents: list[Json]) -> None:
    """The id follows from index and id, not from when or how it failed; it differs where they do."""
    assert documents[3]["_id"] == documents[0]["_id"]
    assert documents[2]["_id"] != documents[0]["_id"]


def test_nothing_stops_the_pipeline(documents: list[Json]) -> None:
    """Events of any shape become a document with a reason and a day."""
    assert len(documents) == 5
    for actual in documents[2:]:
        assert actual["_source"]["holysheep"]["deadletter"]["reason"]
        assert actual["_index"].startswith("holysheep-deadletter-20")
    assert documents[4]["_source"]["holysheep"]["deadletter"]["document"].endswith('"big":"[TEXT len=100000]"}')


def test_only_fields_that_the_index_has(documents: list[Json]) -> None:
    """Every field is in the field list of the index, so that a dead letter is never refused itself."""
    known = {field.name for group in fields.load().groups_of("deadletter") for field in group.fields}
    for actual in documents:
        assert set(_names(actual["_source"])) <= known


def _names(value: Json, prefix: str = "") -> list[str]:
    names = []
    for key, inner in value.items():
        name = f"{prefix}{key}"
        names += _names(inner, f"{name}.") if isinstance(inner, dict) else [name]
    return names
