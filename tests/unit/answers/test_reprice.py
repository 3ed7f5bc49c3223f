"""`reprice` without an Elasticsearch: its span, its state file, and the notes of a document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.answers import reprice_state, uncharged
from runner.commands.reprice import span_of

if TYPE_CHECKING:
    from pathlib import Path


def test_days_are_those_of_the_budgets() -> None:
    """In Seoul 1 to 15 November begins and ends at 15:00 UTC of the day before; the last day is within."""
    span = span_of("2026-11-01", "2026-11-15", "Asia/Seoul")
    assert span.start == datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert span.end == datetime(2026, 11, 15, 15, tzinfo=UTC)


def test_times_are_taken_as_they_are() -> None:
    """A price that was wrong from a moment on; up to the last call."""
    span = span_of("2026-11-01T09:30:00+09:00", None, "UTC")
    assert span.start == datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
    assert span.end > datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("yesterday", None, "is not a date"),
        ("2026-11-31", None, "does not exist in the calendar"),
        ("2026-11-01T09:30:00", None, "has no time zone"),
        ("2026-11-02", "2026-11-01", "is not after"),
    ],
)
def test_other_texts_are_refused(first: str, last: str | None, words: str) -> None:
    """With what is wrong."""
    with pytest.raises(UserError, match=words):
        span_of(first, last, "UTC")


def test_a_run_goes_on_for_the_same_request_alone(tmp_path: Path) -> None:
    """Another card or range is another run; after its end a run is not found again."""
    state = reprice_state.of({"card": "a"}, "too dear", tmp_path)
    assert state.next() == 1
    state.finish("index-1")
    again = reprice_state.of({"card": "a"}, "another reason", tmp_path)
    assert (again.run, again.number, again.finished, again.resumed) == (state.run, 1, ["index-1"], True)
    assert reprice_state.of({"card": "b"}, "too dear", tmp_path).run != state.run
    again.end()
    assert not reprice_state.of({"card": "a"}, "too dear", tmp_path).resumed


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """It is not taken for a run without changes."""
    (tmp_path / "20261126T104500Z-reprice-1a2b3c4d.json").write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match="can't be read as a run") as raised:
        reprice_state.of({}, "", tmp_path)
    assert str(raised.value.where).endswith("1a2b3c4d.json")


def test_new_notes_stand_where_the_filter_writes_them() -> None:
    """Behind what it finds before the price, in place of old notes, before what it finds later."""
    before, later = "tokens.total: is not input and output together (5)", "client.ip: no IP address"
    old = "tools.web_search: has no price in the price card (2)"
    new = "units.images: has no price in the price card (1)"
    assert uncharged.noted([before, old, later], [new]) == [before, new, later]
    assert uncharged.noted([before, later], [new]) == [before, new, later]
    assert uncharged.noted([later], []) == [later]
    assert uncharged.noted([old], []) == []
    odd = "tokens: new_kind_tokens is not known and not priced (7)"
    assert uncharged.noted(["tokens: VIDEO tokens of the output have no rate of their own (1)", odd], [new])[1:] == [
        new,
        odd,
    ]
