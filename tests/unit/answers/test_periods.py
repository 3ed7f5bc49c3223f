"""Periods begin and end at local midnight, in every zone and on every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import UserError
from runner.answers import periods
from runner.answers.periods import Period, Span

NOW = datetime(2026, 3, 11, 3, tzinfo=UTC)  # a Wednesday; noon in Seoul
ZONES = ["UTC", "Asia/Seoul", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Pacific/Apia"]


@pytest.mark.parametrize(
    ("text", "first", "last", "name"),
    [
        ("today", "2026-03-11", "2026-03-11", "2026-03-11"),
        ("day", "2026-03-11", "2026-03-11", "2026-03-11"),
        ("yesterday", "2026-03-10", "2026-03-10", "2026-03-10"),
        ("week", "2026-03-09", "2026-03-15", "2026-W11"),
        ("last-week", "2026-03-02", "2026-03-08", "2026-W10"),
        ("month", "2026-03-01", "2026-03-31", "2026-03"),
        ("last-month", "2026-02-01", "2026-02-28", "2026-02"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29"),
        ("2026-W01", "2025-12-29", "2026-01-04", "2026-W01"),
        ("2025-12", "2025-12-01", "2025-12-31", "2025-12"),
        ("2026-01-30..2026-02-02", "2026-01-30", "2026-02-02", "2026-01-30 to 2026-02-02"),
    ],
)
def test_what_a_person_writes(text: str, first: str, last: str, name: str) -> None:
    """Each form and the days that it means, seen from noon of 2026-03-11 in Seoul."""
    period = periods.parse(text, "Asia/Seoul", NOW)
    assert period.first == date.fromisoformat(first)
    assert period.until == date.fromisoformat(last) + timedelta(days=1)
    assert str(period) == name


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "2026-W54", "tomorrow", "2026-03-02..2026-03-01", ".."])
def test_what_is_no_period(text: str) -> None:
    """The error says what to write instead."""
    with pytest.raises(UserError, match="write today, yesterday"):
        periods.parse(text, "UTC", NOW)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2026-03-01", "2026-02-28"),
        ("2026-W01", "2025-W52"),
        ("2026-01", "2025-12"),
        ("2026-03", "2026-02"),
        ("2026-03-10..2026-03-12", "2026-03-07 to 2026-03-09"),
    ],
)
def test_the_period_before(text: str, before: str) -> None:
    """The day, week or month before; as many days as a range has."""
    assert str(periods.parse(text, "UTC", NOW).before()) == before


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        # Clocks are put forward at 02:00, and back at 03:00.
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00Z", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00Z", 25),
        # There is no midnight: clocks go from 00:00 to 01:00.
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00Z", 23),
        # Midnight comes twice: at 01:00 clocks go back to 00:00.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00Z", 25),
        ("Asia/Seoul", "2026-03-10", "2026-03-09T15:00Z", 24),
    ],
)
def test_where_clocks_change(zone: str, day: str, start: str, hours: int) -> None:
    """A day begins at its first moment, and has 23 or 25 hours."""
    period = periods.parse(day, zone, NOW)
    assert period.start == datetime.fromisoformat(start)
    assert period.end - period.start == timedelta(hours=hours)


@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2000, 1, 1), date(2035, 1, 1)),
    days=st.integers(1, 40),
    kind=st.sampled_from(["day", "week", "range"]),
)
def test_days_fill_a_period(zone: str, first: date, days: int, kind: str) -> None:
    """Its days follow each other without a gap or an overlap, and the period before ends where it begins."""
    period = Period(first, first + timedelta(days=days), zone, kind)
    whole = list(period.each_day())
    assert whole[0].start == period.start
    assert whole[-1].end == period.end
    assert all(one.end == two.start for one, two in pairwise(whole))
    assert period.before().end == period.start
    assert period.before().days == days


@given(zone=st.sampled_from(ZONES), moment=st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001
def test_every_moment_is_in_its_day(zone: str, moment: datetime) -> None:
    """`today` holds the moment from which it is seen."""
    now = moment.replace(tzinfo=UTC)
    today = periods.parse("today", zone, now)
    if zone == "Pacific/Apia" and date(2011, 12, 29) <= today.first <= date(2011, 12, 31):
        return  # Samoa left out 2011-12-30: that day has no moment
    assert today.start <= now < today.end


def test_a_period_that_runs_is_compared_with_the_same_part() -> None:
    """At noon in Seoul today is compared with yesterday until noon, and this month with the last until the 11th."""
    today, yesterday = periods.spans(periods.parse("today", "Asia/Seoul", NOW), NOW)
    assert today == Span(datetime(2026, 3, 10, 15, tzinfo=UTC), NOW)
    assert yesterday == Span(datetime(2026, 3, 9, 15, tzinfo=UTC), NOW - timedelta(days=1))
    month, last = periods.spans(periods.parse("month", "Asia/Seoul", NOW), NOW)
    assert month.end == NOW
    assert last == Span(datetime(2026, 1, 31, 15, tzinfo=UTC), datetime(2026, 2, 11, 3, tzinfo=UTC))


def test_the_31st_is_compared_with_the_whole_of_a_shorter_month() -> None:
    """No part of the month that runs is counted as the month before."""
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    _, last = periods.spans(periods.parse("month", "UTC", now), now)
    assert last == Span(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


def test_noon_stays_noon_where_clocks_changed() -> None:
    """In Berlin clocks were put forward on 2026-03-29: its noon is 11 hours after midnight, that of the 28th is 12."""
    now = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    today, yesterday = periods.spans(periods.parse("today", "Europe/Berlin", now), now)
    assert today.end - today.start == timedelta(hours=11)
    assert yesterday.end - yesterday.start == timedelta(hours=12)
