"""What an index lacks of a mapping, and what it can't take."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from runner.cluster import fields, indices

Json = dict[str, Any]


def mapping(**properties: Json) -> Json:
    """A mapping with these fields."""
    return {"dynamic": "strict", "properties": properties}


def found(wanted: Json, present: Json) -> tuple[list[str], list[str], Json]:
    """(additions, conflicts, body) as texts."""
    result = fields.compare(wanted, present)
    texts = [
        [f"{change.path}: {change.old} → {change.new}" for change in part]
        for part in (result.additions, result.conflicts)
    ]
    return texts[0], texts[1], result.body


def test_what_elasticsearch_leaves_out_is_no_difference() -> None:
    """An index's mapping lacks the parameters that have their default value."""
    wanted = mapping(a={"type": "keyword", "index": True, "doc_values": True}, b={"type": "text", "norms": False})
    present = mapping(a={"type": "keyword"}, b={"type": "text", "norms": False})
    assert found(wanted, present) == ([], [], {})


def test_new_fields_come_with_the_objects_around_them() -> None:
    """A field in a new object needs the object's own parameters: a new object without `strict` would be dynamic."""
    inner = {"dynamic": "strict", "properties": {"c": {"type": "long"}}}
    wanted = mapping(a={"dynamic": "strict", "properties": {"b": inner, "d": {"type": "ip"}}})
    present = mapping(a={"dynamic": "strict", "properties": {"d": {"type": "ip"}}})
    additions, conflicts, body = found(wanted, present)
    assert (additions, conflicts) == (["field a.b.c: None → long"], [])
    assert body == {"properties": {"a": {"dynamic": "strict", "properties": {"b": inner}}}}


@pytest.mark.parametrize(
    ("ours", "theirs", "conflict"),
    [
        ({"type": "long"}, {"type": "keyword"}, "field a type: keyword → long"),
        ({"type": "keyword"}, {"type": "keyword", "index": False}, "field a index: false → true"),
        ({"type": "keyword", "doc_values": False}, {"type": "keyword"}, "field a doc_values: true → false"),
        ({"type": "keyword"}, {"properties": {"b": {"type": "long"}}}, "field a type: object → keyword"),
        ({"properties": {"b": {"type": "long"}}}, {"type": "keyword"}, "field a type: keyword → object"),
    ],
)
def test_what_an_index_cannot_change(ours: Json, theirs: Json, conflict: str) -> None:
    """A type, and how a field is kept, are fixed in an index; below a field that is no object nothing is added."""
    assert found(mapping(a=ours), mapping(a=theirs)) == ([], [conflict], {})


def test_a_parameter_that_an_index_takes_is_put_with_its_field() -> None:
    """`ignore_above` can be changed at any time; the request repeats the field's other parameters."""
    wanted = mapping(a={"type": "keyword", "index": False, "ignore_above": 64})
    present = mapping(a={"type": "keyword", "index": False, "ignore_above": 32})
    assert found(wanted, present) == (["field a ignore_above: 32 → 64"], [], {"properties": wanted["properties"]})


def test_fields_of_the_index_alone_are_no_difference() -> None:
    """What is no longer rendered stays in the indices that have it."""
    assert found(mapping(), mapping(a={"type": "keyword"})) == ([], [], {})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("holysheep-api-2026.11.30", date(2026, 12, 1)),
        ("holysheep-api-2026.12.31", date(2027, 1, 1)),
        ("holysheep-rollup-2026.12", date(2027, 1, 1)),
        ("holysheep-rollup-2026.11", date(2026, 12, 1)),
        ("holysheep-daily-2026", date(2027, 1, 1)),
        ("holysheep_alerts_status", None),
        ("holysheep-api-2026.13.45", None),
    ],
)
def test_the_day_after_an_index(name: str, expected: date | None) -> None:
    """The period is the date at the end of the name; a name without one is written for ever."""
    assert indices.after(name) == expected
