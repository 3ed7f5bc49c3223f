"""`_id` and `event.id`, worked out from the description in ids.rb and not from the filter."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
OWN = "0b9b2a5e-7e1f-4b0a-9d3e-0123456789ab"
CLIENT = b'{"log_id":"%s","timestamp":"%s","model":"gpt-4.1","request_tokens":1,"response_tokens":1,"status_code":200}'


def expected_id(source: str, content: str, time: str | None) -> str:
    """72 bits: 17 of the day's second and 55 of SHA-256, or 72 of SHA-256 without a time."""
    digest = hashlib.sha256(f"{source}\0{content}".encode()).digest()
    bits = digest[:9]
    if time is not None:
        at = datetime.fromisoformat(time)
        second = (at.hour * 60 + at.minute) * 60 + at.second
        bits = (second << 55 | int.from_bytes(digest[:7], "big") & (1 << 55) - 1).to_bytes(9, "big")
    return base64.urlsafe_b64encode(bits).decode()


def test_an_own_id_is_kept_and_makes_the_id(live_filter: Filter) -> None:
    """event.id is the log's id to the letter; _id is made of source, that id and the time."""
    line = CLIENT % (OWN.encode(), b"2025-03-01T12:34:56.789Z")
    [[document]] = live_filter.run("client", [line])
    assert document["_source"]["event"]["id"] == OWN
    assert document["_id"] == expected_id("client", OWN, "2025-03-01T12:34:56.789")


def test_an_own_id_that_is_a_number_counts_as_its_text(live_filter: Filter) -> None:
    """42 and "42" are the same call."""
    line = b'{"log_id":%s,"timestamp":"2025-03-01T12:34:56Z","model":"gpt-4.1","request_tokens":1,"response_tokens":1}'
    [[number], [text]] = live_filter.run("client", [line % b"42", line % b'"42"'])
    assert number["_source"]["event"]["id"] == "42"
    assert number["_id"] == text["_id"] == expected_id("client", "42", "2025-03-01T12:34:56")


@pytest.mark.parametrize(
    ("fraction", "milliseconds"),
    [(".1", 100), (".12", 120), (".123", 123), (".000", 0), (".0004", 0), (".038267", 38), (".999999999999", 999)],
)
def test_a_fraction_of_a_second_is_cut_to_milliseconds(live_filter: Filter, fraction: str, milliseconds: int) -> None:
    """Cut, not rounded, whichever way the filter takes: the minute is known from the line before."""
    lines = [CLIENT % (OWN.encode(), f"2025-03-01T12:34:56{text}Z".encode()) for text in ("", fraction)]
    _, [document] = live_filter.run("client", lines)
    assert document["_source"]["@timestamp"] == f"2025-03-01T12:34:56.{milliseconds:03}Z"


@pytest.mark.parametrize("fraction", [".", ".1x3", ".1_3", ".-13", ".+13", ". 13", ".1.3", ".1e3"])
def test_what_is_no_fraction_is_no_time(live_filter: Filter, fraction: str) -> None:
    """The line is rejected as one whose time can't be read."""
    lines = [CLIENT % (OWN.encode(), f"2025-03-01T12:34:56{text}Z".encode()) for text in ("", fraction)]
    _, [document] = live_filter.run("client", lines)
    assert document["_source"]["holysheep"]["rejected"]["reason"] == "timestamp_invalid"


def test_without_an_own_id_the_line_makes_it(live_filter: Filter) -> None:
    """Both ids are the hash of source and line."""
    line = '{"event":"chat_completion","timestamp":"2025-01-15T10:30:00Z","model":"m","tokens":{"input":1,"output":2}}'
    [[document]] = live_filter.run("webhook", [line.encode()])
    assert document["_id"] == document["_source"]["event"]["id"] == expected_id("webhook", line, "2025-01-15T10:30:00")


def test_a_line_without_a_time_has_an_id_that_arrival_does_not_change(live_filter: Filter) -> None:
    """Its time is the arrival, so nothing of it may be in the id."""
    line = '{"log_id":"a","model":"gpt-4.1","request_tokens":1,"response_tokens":1,"status_code":200}'
    [[document]] = live_filter.run("client", [line.encode()])
    assert document["_id"] == expected_id("client", "a", None)
    [[rejected]] = live_filter.run("client", [b"{"])
    assert rejected["_id"] == expected_id("client", "{", None)


@pytest.mark.parametrize(
    ("source", "line", "placed"),
    [
        ("container", "connection reset by peer", True),
        ("client", '{"model":"gpt-4.1","request_tokens":1,"response_tokens":1,"status_code":200}', True),
        ("client", "no JSON", False),
        ("container", '{"log":"a\\n","stream":"stdout","time":"2025-03-01T00:00:00Z"}', False),
        ("client", '{"log_id":"a","model":"gpt-4.1","request_tokens":1,"response_tokens":1,"status_code":200}', False),
    ],
)
def test_equal_lines_without_id_and_time_are_told_apart_by_their_place(
    live_filter: Filter,
    source: str,
    line: str,
    placed: bool,  # noqa: FBT001 - a parameter
) -> None:
    """The offset is in the id of a line that has neither, so a text that comes twice is two documents."""
    ids = [live_filter.run(source, [line.encode()], offset)[0][0]["_id"] for offset in (0, 100, 100, None)]
    assert ids[1] == ids[2]
    assert (len(set(ids)) == 3) is placed
    if placed:
        assert ids[1] == expected_id(source, f"{line}\0{100}", None)


def test_two_sources_with_one_id_are_two_documents(live_filter: Filter) -> None:
    """A client and an agent may both count from 1."""
    client = CLIENT % (b"1", b"2025-03-01T00:00:00Z")
    agent = (
        b'{"log_id":"1","timestamp":"2025-03-01T00:00:00Z","agent_id":"a","step_name":"s","model":"gpt-4.1",'
        b'"input_tokens":1,"output_tokens":1}'
    )
    [[first]] = live_filter.run("client", [client])
    second = live_filter.run("agent", [agent])[0][0]
    assert first["_source"]["event"]["id"] == second["_source"]["event"]["id"] == "1"
    assert first["_id"] != second["_id"]


@pytest.mark.parametrize(
    "word",
    [
        '"-"',
        '"unknown"',
        '"None"',
        '" null "',
        '"0"',
        "0",
        "false",
        '""',
        '"<no value>"',
        '"{{request_id}}"',
        '"${id}"',
        '"%{[id]}"',
        '"$request_id"',
    ],
)
def test_a_word_for_no_id_joins_no_calls(live_filter: Filter, word: str) -> None:
    """Two calls of one second are two documents, and a repeated line is one; `event.id` is then `_id`."""
    line = '{"log_id":%s,"timestamp":"2025-03-01T12:34:56Z","model":"gpt-4.1","request_tokens":%d,"response_tokens":1}'
    lines = [(line % (word, tokens)).encode() for tokens in (1000, 2000, 1000)]
    [[first], [second], [again]] = live_filter.run("client", lines)
    assert first["_id"] == again["_id"] == expected_id("client", lines[0].decode(), "2025-03-01T12:34:56")
    assert second["_id"] != first["_id"]
    assert first["_source"]["event"]["id"] == first["_id"]


@pytest.mark.parametrize(
    "time",
    [
        "2025-03-01t12:34:56z",
        "2025-03-01 12:34:56 +0000 UTC",
        "2025-03-01 21:34:56.000 +0900 KST",
        "2025-03-01T21:34:56+09:00[Asia/Seoul]",
        "2025-03-01 21:34:56 KST",
        "Sat, 01 Mar 2025 12:34:56 GMT",
    ],
)
def test_times_as_go_java_and_http_write_them(live_filter: Filter, time: str) -> None:
    """All are one moment."""
    [[document]] = live_filter.run("client", [CLIENT % (OWN.encode(), time.encode())])
    assert document["_source"]["@timestamp"] == "2025-03-01T12:34:56.000Z"


@pytest.mark.parametrize(
    "time", ["Sat, 31 Feb 2025 12:34:56 GMT", "Sat, 01 Foo 2025 12:34:56 GMT", "2025-03-01 12:34 X"]
)
def test_what_only_looks_like_such_a_time(live_filter: Filter, time: str) -> None:
    """It is rejected, not taken for another time."""
    [[document]] = live_filter.run("client", [CLIENT % (OWN.encode(), time.encode())])
    assert document["_source"]["holysheep"]["rejected"]["reason"] == "timestamp_invalid"
