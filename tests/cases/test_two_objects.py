"""Two objects on one line, as writers without a lock leave them, are two documents; braces within a text are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
CALL: Final = (
    '{"log_id":"%s","timestamp":"2025-03-01T12:34:56Z","model":"gpt-4.1","request_tokens":1,"response_tokens":1,'
    '"status_code":200,"metadata":{"x":%s}}'
)
#: Plain, not ASCII, and with more braces than the filter looks at one by one.
VALUES: Final = ("1", '"é"', "[" + ", ".join(["{}"] * 40) + "]")


def ids(live_filter: Filter, line: str) -> list[str]:
    """The calls' own ids in a line's documents."""
    [documents] = live_filter.run("client", [line.encode()])
    return [document["_source"]["event"]["id"] for document in documents]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("between", ["", " ", "  ", "\t", " \t ", "\f"])
def test_each_object_is_a_document(live_filter: Filter, value: str, between: str) -> None:
    """Whatever stands between them that JSON calls blank, and a form feed."""
    line = CALL % ("first", value) + between + CALL % ("second", value)
    assert ids(live_filter, line) == ["first", "second"]


@pytest.mark.parametrize("text", ["}{", "} {", "a {b} {c", "{{{{ }} {", "é} {"])
def test_braces_within_a_text_begin_no_object(live_filter: Filter, text: str) -> None:
    """The line stays one document."""
    assert ids(live_filter, CALL % ("only", f'"{text}"')) == ["only"]
