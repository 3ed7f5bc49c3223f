"""Days, weeks, months and ranges in the time zone of the budgets, and the period before each.

A period begins at local midnight and ends before another: where clocks change a day has 23 or 25 hours. A midnight that
does not exist is the moment at which the clocks are put forward, one that comes twice is the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a person can write, for help texts and errors.
FORMS: Final = (
    "today, yesterday, week, last-week, month, last-month, 2026-11-25, 2026-W48, 2026-11 or 2026-11-01..2026-11-15"
)
#: Rows of an answer: each is a query of its own.
MOST_GROUPS: Final = 500
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_WEEK: Final = re.compile(r"(\d{4})-W(\d\d)")
_MONTH: Final = re.compile(r"(\d{4})-(\d\d)")
_MONTHS: Final = 12


@dataclass(frozen=True)
class Period:
    """From the first local day up to, and without, the day `until`."""

    first: date
    until: date
    zone: str
    #: day, week, month or range
    kind: str

    @property
    def start(self) -> datetime:
        """The first moment."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that is no longer in it."""
        return midnight(self.until, self.zone)

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.until - self.first).days

    def before(self) -> Period:
        """The period before: the day, week or month before, or as many days as a range has."""
        if self.kind == "month":
            return month((self.first - timedelta(days=1)).replace(day=1), self.zone)
        return Period(self.first - timedelta(days=self.days), self.first, self.zone, self.kind)

    def each_day(self) -> Iterator[Period]:
        """Its days, each as a period."""
        for number in range(self.days):
            first = self.first + timedelta(days=number)
            yield Period(first, first + timedelta(days=1), self.zone, "day")

    def __str__(self) -> str:
        """For people: 2026-11-25, 2026-W48, 2026-11, or first and last day."""
        if self.kind == "day":
            return self.first.isoformat()
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02d}"
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        return f"{self.first} to {self.until - timedelta(days=1)}"


@dataclass(frozen=True)
class Span:
    """From a moment up to, and without, another; in UTC."""

    start: datetime
    end: datetime

    def query(self) -> dict[str, object]:
        """The range as Elasticsearch's query, to the millisecond."""
        window = {"gte": millis(self.start), "lt": millis(self.end), "format": "epoch_millis"}
        return {"range": {"@timestamp": window}}


def midnight(day: date, zone: str) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def millis(moment: datetime) -> int:
    """Milliseconds since 1970, without floats."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def month(first: date, zone: str) -> Period:
    """The calendar month that begins at a day."""
    year, number = divmod(first.year * _MONTHS + first.month, _MONTHS)
    return Period(first, date(year, number + 1, 1), zone, "month")


def whole(period: Period) -> Span:
    """All of a period."""
    return Span(period.start, period.end)


def spans(period: Period, now: datetime) -> tuple[Span, Span]:
    """A period up to now, and the same part of the period before: a day at noon is compared with noon of yesterday."""
    before = whole(period.before())
    if now >= period.end:
        return whole(period), before
    # By the clock, not by the hours: 12:00 stays 12:00 where clocks changed in between.
    local = now.astimezone(ZoneInfo(period.zone))
    passed = (local.date() - period.first).days
    same_day = before.start.astimezone(ZoneInfo(period.zone)).date() + timedelta(days=passed)
    same = datetime.combine(same_day, local.time(), ZoneInfo(period.zone)).astimezone(UTC)
    return Span(period.start, max(now, period.start)), Span(before.start, max(before.start, min(same, before.end)))


def parse(text: str, zone: str, now: datetime) -> Period:
    """The period that a person names, seen from `now`. UserError when it names none."""
    today = now.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday())
    named = {
        "today": Period(today, today + timedelta(days=1), zone, "day"),
        "week": Period(monday, monday + timedelta(days=7), zone, "week"),
        "month": month(today.replace(day=1), zone),
    }
    named |= {"day": named["today"], "yesterday": named["today"].before()}
    named |= {"last-week": named["week"].before(), "last-month": named["month"].before()}
    if text in named:
        return named[text]
    try:
        return _dated(text, zone)
    except ValueError as error:
        raise UserError(f"{text!r} is no period: {error}", hint=f"write {FORMS}") from None


def _dated(text: str, zone: str) -> Period:
    first, dots, last = text.partition("..")
    if dots:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        if end < begin:
            raise ValueError("its last day is before its first")
        return Period(begin, end + timedelta(days=1), zone, "range")
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return Period(day, day + timedelta(days=1), zone, "day")
    if found := _WEEK.fullmatch(text):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Period(monday, monday + timedelta(days=7), zone, "week")
    if found := _MONTH.fullmatch(text):
        return month(date(int(found[1]), int(found[2]), 1), zone)
    raise ValueError("it is neither a name nor a date")
