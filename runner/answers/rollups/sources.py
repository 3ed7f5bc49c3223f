"""Where the figures of a span are read: from the calls, or from their sums. Each moment has one source.

Calls are the authority as long as all of them are there. Sums stand in for a day whose calls are gone; over a long time
they are read for every day whose calls have not changed since they were added up, as they are the same and quicker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from runner.answers import periods
from runner.answers.parts import Parts
from runner.answers.periods import Span
from runner.answers.reader import Selection, Tell, ignored
from runner.answers.rollups import days, marks
from runner.answers.rollups.shape import DAILY, FINE, QUARTER_MS, SUMS

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from elasticsearch import Elasticsearch

    from runner.answers.rollups.marks import Mark

_DAY: Final = timedelta(days=1)
#: A report of more days than this reads sums where it can.
LONG: Final = timedelta(days=30)


@dataclass(frozen=True)
class Question:
    """What is to be read."""

    client: Elasticsearch
    prefix: str
    span: Span
    zone: str
    #: Whether sums have what is asked by; else only calls are read.
    summed: bool = True
    tell: Tell = ignored

    @property
    def calls(self) -> Selection:
        """All calls that are there."""
        return Selection(self.client, self.prefix, self.span, tell=self.tell)


def read(asked: Question) -> Parts:
    """The parts of a span. Without rollups it is the calls alone."""
    utc_days = list(_days(asked.span))
    if not utc_days:
        return Parts(asked.calls, [asked.calls])
    whole = Span(utc_days[0], utc_days[-1] + _DAY)
    known = marks.read(asked.client, asked.prefix, whole)
    if not known:
        return Parts(asked.calls, [asked.calls])
    there = _there(Selection(asked.client, asked.prefix, whole))
    long = asked.summed and asked.span.end - asked.span.start > LONG
    spans: dict[str, list[Span]] = {"calls": [], "sums": [], "gone": []}
    for day in utc_days:
        own = Span(max(day, asked.span.start), min(day + _DAY, asked.span.end))
        index = f"{asked.prefix}-api-{day:%Y.%m.%d}"
        mark, calls = known.get(index), there.get(index, (0, -1))
        lost = mark is not None and _lost(mark, calls[0])
        if lost:
            _extend(spans["gone"], own)
        summed = lost or (long and mark is not None and _same(mark, calls) and _is_whole(own))
        _extend(spans["sums" if summed else "calls"], own)
    by_day = not any(mark.pending for mark in known.values())
    selections = [asked.calls.during(own) for own in spans["calls"]]
    selections += [selection for own in spans["sums"] for selection in _sums(asked, own, by_day=by_day)]
    return Parts(asked.calls, selections, spans["gone"])


def _there(calls: Selection) -> dict[str, tuple[int, int]]:
    """Index → its calls and the highest number of a change, of the indices that have a call."""
    newest = {"n": {"max": {"field": "_seq_no"}}}
    by_index: dict[str, Any] = {"i": {"terms": {"field": "_index", "size": marks.MOST}, "aggs": newest}}
    found = calls.search(size=0, aggs=by_index).get("aggregations", {}).get("i", {}).get("buckets", [])
    return {bucket["key"]: (bucket["doc_count"], int(bucket["n"]["value"])) for bucket in found}


def _lost(mark: Mark, calls: int) -> bool:
    """Whether calls that are in the sums are gone."""
    return bool(mark.frozen or mark.held) or calls < mark.documents


def _same(mark: Mark, there: tuple[int, int]) -> bool:
    """Whether the calls are those that were added up: as many, and none was added or changed since."""
    return there[0] == mark.documents and there[1] <= mark.checkpoint and not mark.pending


def _is_whole(span: Span) -> bool:
    return all(periods.millis(moment) % QUARTER_MS == 0 for moment in (span.start, span.end))


def _sums(asked: Question, span: Span, *, by_day: bool) -> list[Selection]:
    """The sums of a span, to the quarter of an hour: by day where a whole local day is in it, else by quarter."""
    start, end = (_floored(moment) for moment in (span.start, span.end))
    first, last = _first_day(start, asked.zone), _midnight_before(end, asked.zone)
    fine = Selection(asked.client, asked.prefix, Span(start, end), (SUMS,), FINE, asked.tell)
    if not by_day or last <= first or days.of_other_zones(asked.client, asked.prefix, asked.zone).count():
        return [fine]
    daily = Selection(asked.client, asked.prefix, Span(first, last), (SUMS,), DAILY, asked.tell)
    edges = [fine.during(Span(start, first)), fine.during(Span(last, end))]
    return [daily, *(edge for edge in edges if edge.span.start < edge.span.end)]


def _floored(moment: datetime) -> datetime:
    return moment - timedelta(milliseconds=periods.millis(moment) % QUARTER_MS)


def _midnight_before(moment: datetime, zone: str) -> datetime:
    """The last local midnight that is not after a moment."""
    return periods.midnight(_local(moment, zone), zone)


def _first_day(moment: datetime, zone: str) -> datetime:
    """The first local midnight that is not before a moment."""
    midnight = _midnight_before(moment, zone)
    return midnight if midnight == moment else periods.midnight(_local(moment, zone) + _DAY, zone)


def _local(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _days(span: Span) -> list[datetime]:
    """The UTC days that a span touches."""
    if span.end <= span.start:
        return []
    first = datetime.combine(span.start.date(), time(), span.start.tzinfo)
    number = -((first - span.end) // _DAY)
    return [first + _DAY * count for count in range(number)]


def _extend(spans: list[Span], own: Span) -> None:
    if spans and spans[-1].end == own.start:
        spans[-1] = Span(spans[-1].start, own.end)
    else:
        spans.append(own)
