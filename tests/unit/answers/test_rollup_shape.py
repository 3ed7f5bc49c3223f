"""Rollups without a cluster: ids, dimensions, stated costs, spans of quarters, days and mistakes in options."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import Any

import pytest

from generator.errors import UserError
from generator.registry import fields
from runner.answers.rollups import calls, days, marks, shape, store
from runner.answers.rollups.job import Order
from runner.answers.usage import METRICS
from runner.commands import rollup

QUARTER = 900_000


def sum_of(*dimensions: str | None, begin: int = 0) -> shape.Sum:
    """A sum by its first dimensions; it has none of the others."""
    return shape.Sum(begin, (*dimensions, *[None] * (len(shape.DIMENSIONS) - len(dimensions))), {shape.CALLS: 1})


def test_an_id_is_of_interval_and_dimensions() -> None:
    """The same for the same, whatever the numbers; another for another interval, value or place of a value."""
    one = sum_of("gpt-4.1", None, "OpenAI")
    more = sum_of("gpt-4.1", None, "OpenAI")
    more.add({shape.CALLS: 4})
    assert one.id == more.id
    others = [sum_of("gpt-4.1", None, "OpenAI", begin=QUARTER), sum_of(None, "gpt-4.1", "OpenAI"), sum_of("gpt-4.1")]
    assert len({one.id, *(other.id for other in others)}) == 4
    assert sum_of("\ud800").id != sum_of("\ud801").id


def test_a_document_has_no_zeros_and_nothing_that_is_absent() -> None:
    """Half past midnight of 1970, one call that cost nothing."""
    one = sum_of("gpt-4.1", begin=2 * QUARTER)
    one.add({"holysheep.cost.total_nano": 0})
    assert one.source == {
        "@timestamp": "1970-01-01T00:30:00.000Z",
        "holysheep": {"price": {"model": "gpt-4.1"}, "rollup": {"calls": 1}},
    }


def test_every_field_of_a_rollup_is_mapped() -> None:
    """And the kinds have no other: none with a person in it."""
    mapped = {field.name for field in fields.load().of("daily")}
    assert mapped == {"@timestamp", *shape.DIMENSIONS, *shape.STORED, shape.ZONE}


def test_whatever_a_report_asks_of_calls_it_can_ask_of_rollups() -> None:
    """Each figure by a field that rollups have, and by filters on their dimensions alone."""
    asked = shape.of_rollups(METRICS)
    assert asked.keys() == {"calls", *METRICS}
    assert {metric.field for metric in asked.values()} <= shape.STORED.keys()
    filters = {name for metric in asked.values() if metric.where for name in metric.where["term"]}
    assert filters <= set(shape.DIMENSIONS)


def test_the_logs_name_of_a_model_is_kept_where_nothing_matched() -> None:
    """A priced model has many names in logs, which would be as many groups."""
    rest = (None,) * (len(shape.DIMENSIONS) - 2)
    assert shape.key(("gpt-4.1", "gpt-4.1-2025-04-14", *rest)) == ("gpt-4.1", None, *rest)
    assert shape.key((None, "mystery", *rest)) == (None, "mystery", *rest)


@pytest.mark.parametrize(
    ("usd", "nano"), [(0.1, 100_000_000), (1e-9, 1), (4e-10, 0), (5e-10, 1), (123_456.789_012_345, 123_456_789_012_345)]
)
def test_a_stated_cost_is_rounded_to_the_nano(usd: float, nano: int) -> None:
    """From the shortest decimal that the float is, halves up."""
    assert calls.nano(usd) == nano


def test_quarters_side_by_side_are_one_span() -> None:
    """Four quarters of which three follow each other are two ranges of a query."""
    spans = store.quarters([QUARTER * 2, 0, QUARTER, QUARTER * 9])
    assert [(span.start.minute, span.end.minute) for span in spans] == [(0, 45), (15, 30)]


@pytest.mark.parametrize(
    ("zone", "moment", "begin", "hours"),
    [
        ("Asia/Kathmandu", "2026-03-09T18:15:00", "2026-03-09T18:15:00", 24),
        ("Asia/Kolkata", "2026-03-09T18:29:00", "2026-03-08T18:30:00", 24),
        ("Europe/Berlin", "2026-10-25T12:00:00", "2026-10-24T22:00:00", 25),
        ("Europe/Berlin", "2026-03-29T12:00:00", "2026-03-28T23:00:00", 23),
        ("UTC", "2026-03-29T23:59:59", "2026-03-29T00:00:00", 24),
    ],
)
def test_a_local_day(zone: str, moment: str, begin: str, hours: int) -> None:
    """When the day of a moment begins, and how long it is."""

    def millis(text: str) -> int:
        return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)

    assert days.begin_of(millis(moment), zone) == millis(begin)
    span = days.span_of(millis(begin), zone)
    assert (span.end - span.start).total_seconds() == hours * 3600


def test_a_mark_is_read_as_it_was_written() -> None:
    """Through the document that Elasticsearch keeps."""
    mark = marks.Mark("x-api-2026.03.09", "u", 7, 3, "why", (QUARTER, 2 * QUARTER), (0,), 5)
    action = marks.action("x", mark)
    assert (action["_index"], action["_id"]) == ("x-rollups-2026.01.01", "mark-x-api-2026.03.09")
    assert marks._mark(action["_source"]["holysheep"]["rollup"]) == mark


def test_an_order_is_of_days() -> None:
    """Both ends are in it."""
    order = Order("x", "UTC", 90, datetime(2026, 4, 1, tzinfo=UTC)).between(date(2026, 3, 9), date(2026, 3, 10))
    names = [f"x-api-2026.03.{day:02d}" for day in (8, 9, 10, 11)]
    assert [order.wants(name) for name in names] == [False, True, True, False]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--rebuild"], "--rebuild: sums of calls that are gone would be lost"),
        (["--rebuild", "--from", "2026-03-09"], "name the days with --from and --to"),
        (["--every", "0"], "takes 1 to 1440 minutes"),
        (["--every", "15", "--check"], "takes 1 to 1440 minutes"),
    ],
)
def test_mistakes_in_options(options: list[str], told: str) -> None:
    """They are told before any cluster is asked."""
    parser = argparse.ArgumentParser()
    rollup.add_parser(parser.add_subparsers())
    args: Any = parser.parse_args(["rollup", *options])
    with pytest.raises(UserError) as caught:
        rollup.run(args)
    assert told in str(caught.value)
