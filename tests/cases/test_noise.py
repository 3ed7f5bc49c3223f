"""What stands around a whole object on its line: bytes of truncations and framings, half a line, an array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.cases.test_body_forms import HALF, INVALID, A, B, C, outcomes

if TYPE_CHECKING:
    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
SOURCES: Final = ("client", "-", "-!body")
#: Without an id of its own, so that the text makes it.
PLAIN: Final = '{"timestamp":"2025-01-15T10:30:00Z","model":"gpt-4.1","tokens":{"input":1,"output":2},"note":"é"}'
AROUND: Final = {
    "NUL bytes before": ("\0" * 3, ""),
    "many NUL bytes before": ("\0" * 5000, ""),
    "NUL bytes behind": ("", "\0\0"),
    "a record separator": ("\x1e", ""),
    "Ctrl-Z behind": ("", "\x1a"),
    "a form feed behind": ("", "\f"),
    "a comma": ("", ","),
    "a comma and spaces": ("", " , "),
    "a comma before": (",", ""),
    "the end of an array": ("", "]"),
    "all of them": (" \0\x1e\f", ",\0 \x1a\f"),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", AROUND)
def test_an_object_is_read_without_what_is_around_it(live_filter: Filter, source: str, name: str) -> None:
    """With the id that it has without."""
    before, behind = AROUND[name]
    [alone], [found] = live_filter.run(source, [PLAIN.encode(), f"{before}{PLAIN}{behind}".encode()])
    assert found == alone
    assert found["_source"]["holysheep"]["cost"]["total"] == 0.000024  # 3 tokens at 8 USD a million


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "half",
    [HALF, '{"log_id":"h",', '{"log_id":"h","x":1', '{"log_id":"h","at":"2025-06-01T12:', '{"log_id":"h","error":"é: '],
)
def test_half_a_line_takes_no_whole_one_with_it(live_filter: Filter, source: str, half: str) -> None:
    """Wherever it was cut: within a text, behind a comma or a number. Behind a colon it is told by its first key."""
    assert outcomes(live_filter, half + B, source) == [INVALID, "b"]


def test_the_half_is_kept(live_filter: Filter) -> None:
    """As a rejected line of its own, with its size."""
    [[half, _]] = live_filter.run("client", [f"{HALF}{B}".encode()])
    assert half["_source"]["holysheep"]["rejected"]["bytes"] == len(HALF)


LINES: Final = {
    "two halves": (f"{HALF}{HALF}{B}", [INVALID, "b"]),
    "a half and two": (f"{HALF}{B}{C}", [INVALID, "b", "c"]),
    "a half and two, NUL bytes between": (f"{HALF}\0\0{B}\0\0{C}\0", [INVALID, "b", "c"]),
    "two with NUL bytes between": (f"{A}\0\0{B}", ["a", "b"]),
    "two with separators": (f"\x1e{A}\x1e{B}", ["a", "b"]),
    "objects within the whole one": (
        HALF + B.replace("200", '200,"metadata":{"x":{"y":[{"z":1},{"log":2}]}}'),
        [INVALID, "b"],
    ),
    "what looks like an object in a text": (HALF + B.replace("200", '200,"x":"a {","y":"b {"'), [INVALID, "b"]),
}


@pytest.mark.parametrize("name", LINES)
def test_more_than_one_on_a_line(live_filter: Filter, name: str) -> None:
    """Each whole one is a call."""
    line, expected = LINES[name]
    assert outcomes(live_filter, line, "client") == expected


@pytest.mark.parametrize(
    "line",
    [
        HALF,
        A[:-1],
        f"{A}}}",
        f'{{"log_id":"h","metadata":{{"x":{{"y":1}},"z":{A}',
        f'{{"log_id":"h","response":{A}',
        f'{{"log_id":"h","list":[1, {A}',
        f'{{"log_id":"h","list":[ {A}]',
        f"data: {A}",
        f"INFO {A} {{",
        '{"a":{"a":{"a":1}}',
        "{{{{{{{{{{}",
        '{"x{"x{"x{"x{"x{"x{"x{"x{"x{"x{"x{"}',
    ],
)
def test_what_was_cut_off_is_no_other_line(live_filter: Filter, line: str) -> None:
    """An object within a line without its end is part of that line; a line of text is not searched."""
    assert outcomes(live_filter, line, "client") == [INVALID]


def test_an_array_with_an_object_a_line(live_filter: Filter) -> None:
    """Its brackets are no rejected lines in a file of JSON: they are counted as ignored."""
    ignored = "1 of 1 records are no model calls and were ignored"
    lines = ["[", f"{A},", f"{B}", "]"]
    assert [outcomes(live_filter, line, "client") for line in lines] == [[ignored], ["a"], ["b"], [ignored]]
    assert outcomes(live_filter, f"[{A},", "client") + outcomes(live_filter, f"{B}]", "client") == ["a", "b"]
    assert outcomes(live_filter, "[", "-!body")[0].startswith("!")


def test_hostile_lines_take_no_search_for_each_brace(live_filter: Filter) -> None:
    """A million places where an object may begin are one rejected line, or few."""
    million = 1_000_000
    for text in ('{"h' + 'x{"a":1}' * million, '{"x' + 'x{"' * million + "}", '{"a":' * million + "1}"):
        [documents] = live_filter.run("client", [text.encode()])
        assert 1 <= len(documents) <= 51


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "prefix",
    ["INFO:root:", "2025-01-15 10:30:00,123 - app - INFO - ", "[2025-01-15 10:30:00] INFO ", "I0115 app.py:12] é "],
)
def test_a_loggers_prefix(live_filter: Filter, source: str, prefix: str) -> None:
    """The call is read with the id that it has without."""
    [alone], [found] = live_filter.run(source, [PLAIN.encode(), f"{prefix}{PLAIN} ".encode()])
    assert found == alone


@pytest.mark.parametrize("behind", ['{"hello":"world"}', '{"model":"gpt-4.1"', '{"a":1} and words', "{}"])
def test_a_prefix_before_what_is_no_call(live_filter: Filter, behind: str) -> None:
    """The whole line is rejected, as any text."""
    line = f"INFO {behind}"
    [[document]] = live_filter.run("client", [line.encode()])
    assert document["_source"]["holysheep"]["rejected"]["bytes"] == len(line)
