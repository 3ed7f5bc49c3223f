"""Sums by local day, made of the sums by quarter of an hour. They can be made anew when the calls are long gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from runner.answers import periods
from runner.answers.periods import Span
from runner.answers.rollups import store
from runner.answers.rollups.shape import DAILY, DIMENSIONS, FINE, QUARTER, STORED, ZONE, Sum, moment
from runner.answers.sums import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from elasticsearch import Elasticsearch

    from runner.answers.reader import Selection


def begin_of(millis: int, zone: str) -> int:
    """The begin of the local day in which a moment is."""
    return periods.millis(periods.midnight(moment(millis).astimezone(ZoneInfo(zone)).date(), zone))


def span_of(begin: int, zone: str) -> Span:
    """The local day that begins at a moment."""
    next_day = moment(begin).astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return Span(moment(begin), periods.midnight(next_day, zone))


def sums(fine: Selection, zone: str) -> Iterator[Sum]:
    """The sums of one local day; `fine` selects its quarters of an hour."""
    begin = periods.millis(fine.span.start)
    for group in grouped(fine, DIMENSIONS, STORED):
        yield Sum(begin, group.key, dict(group.sums), zone)


def make(es: Elasticsearch, prefix: str, begins: Iterable[int], zone: str) -> int:
    """Make days anew. How many documents were written."""
    written = 0
    for begin in sorted(begins):
        span = span_of(begin, zone)
        # A day that was made in another zone and begins at the same moment is overwritten.
        own = [{"term": {"@timestamp": begin}}]
        old = store.ids(store.selection(es, prefix, DAILY, span, *own))
        written += store.replace(es, prefix, DAILY, old, sums(store.selection(es, prefix, FINE, span), zone))
    return written


def of_other_zones(es: Elasticsearch, prefix: str, zone: str) -> Selection:
    """Days that were made in another time zone."""
    ever = Span(datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
    return store.selection(es, prefix, DAILY, ever, {"bool": {"must_not": [{"term": {ZONE: zone}}]}})


def all_begins(es: Elasticsearch, prefix: str, zone: str) -> set[int]:
    """Begins of all local days that have a quarter of an hour with calls."""
    ever = Span(datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
    quarters = grouped(store.selection(es, prefix, FINE, ever), [QUARTER], {})
    return {begin_of(int(group.key[0]), zone) for group in quarters}
