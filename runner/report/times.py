"""Kibana's date math (now-24h, now/d) in the time zone of the budgets, and the width of a chart's intervals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_STEP: Final = re.compile(r"([+-])([1-9][0-9]*)([smhdwMy])|/([smhdwMy])")
#: Steps of a fixed length.
_FIXED: Final = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
#: Steps on the calendar: a day has 23 or 25 hours where clocks change.
_CALENDAR: Final = {"d": timedelta(days=1), "w": timedelta(weeks=1)}
_DELTA: Final = _FIXED | _CALENDAR
_MONTHS: Final = 12
#: About this many points a chart: more are not seen on a phone.
POINTS: Final = 48
_WIDTHS: Final = ("10s", "30s", "1m", "5m", "10m", "30m", "1h", "3h", "6h", "12h", "1d", "7d", "30d")


@dataclass(frozen=True)
class Span:
    """From when to when; both in the time zone in which days begin."""

    start: datetime
    end: datetime

    def shifted(self, shift: str) -> Span:
        """The same span, earlier by a time shift such as 1d."""
        return Span(_move(self.start, -1, shift), _move(self.end, -1, shift))


def span(from_: str, to: str, now: datetime) -> Span:
    """The span that two texts of date math stand for, in the time zone of `now`. A rounded `to` means the end of its
    unit, as in Kibana.
    """
    return Span(resolve(from_, now), resolve(to, now, up=True))


def resolve(text: str, now: datetime, *, up: bool = False) -> datetime:
    """The instant of a text such as now-7d/d; with `up`, rounding goes to the end of the unit."""
    moment = now
    for sign, count, unit, rounded in _STEP.findall(text.removeprefix("now")):
        if rounded:
            moment = _floor(moment, rounded)
            if up:
                moment = _move(moment, 1, f"1{rounded}") - timedelta(milliseconds=1)
        else:
            moment = _move(moment, 1 if sign == "+" else -1, count + unit)
    return moment


def seconds(width: str) -> int:
    """Length of an interval such as 30m."""
    return int(_DELTA[width[-1]].total_seconds()) * int(width[:-1])


def interval(span_: Span, requested: str) -> str:
    """The interval of a date histogram: the one asked for, or the narrowest that draws at most POINTS points."""
    if requested != "auto":
        return requested
    length = (span_.end - span_.start).total_seconds()
    return next((width for width in _WIDTHS if length / seconds(width) <= POINTS), _WIDTHS[-1])


def millis(moment: datetime) -> int:
    """An instant as Elasticsearch's epoch_millis."""
    return int(moment.timestamp() * 1000)


def from_millis(value: float, zone: tzinfo | None = UTC) -> datetime:
    """The instant of epoch milliseconds, by the clock of a zone."""
    return datetime.fromtimestamp(value / 1000, zone or UTC)


def after(moment: datetime, width: str) -> datetime:
    """The end of the interval of a date histogram that begins at a moment."""
    return _move(moment, 1, width)


def zone_name(moment: datetime) -> str:
    """The time zone of a moment, as pricing.yaml names it."""
    return str(getattr(moment.tzinfo, "key", None) or moment.tzname() or "UTC")


def _move(moment: datetime, sign: int, step: str) -> datetime:
    count, unit = int(step[:-1]) * sign, step[-1]
    if unit in _FIXED:
        return (moment.astimezone(UTC) + _FIXED[unit] * count).astimezone(moment.tzinfo)
    if unit in _CALENDAR:
        # Arithmetic on a datetime with a zone is that of the calendar.
        return moment + _CALENDAR[unit] * count
    months = moment.year * _MONTHS + moment.month - 1 + count * (_MONTHS if unit == "y" else 1)
    year, month = divmod(months, _MONTHS)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue  # the 31st of a month of 30 days is its last day
    return moment.replace(year=year, month=month + 1)


def _floor(moment: datetime, unit: str) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    floors = {
        "s": moment.replace(microsecond=0),
        "m": moment.replace(second=0, microsecond=0),
        "h": moment.replace(minute=0, second=0, microsecond=0),
        "d": day,
        "w": day - timedelta(days=moment.weekday()),
        "M": day.replace(day=1),
        "y": day.replace(month=1, day=1),
    }
    return floors[unit]
