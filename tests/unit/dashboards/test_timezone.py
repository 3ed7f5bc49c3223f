"""A day and a month begin at midnight of the budgets' time zone, also where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from generator import card
from generator.dashboards import settings
from generator.errors import UserError
from generator.paths import PRICING
from runner.report import times

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
TEXT = PRICING.read_text(encoding="utf-8")


def at(text: str, zone: ZoneInfo) -> datetime:
    """An instant, by the clock of a zone."""
    return datetime.fromisoformat(text).astimezone(zone)


def utc(moment: datetime) -> str:
    """An instant in UTC, to the minute."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("zone", "now", "text", "start"),
    [
        # 18:30 in UTC is 03:30 of the 25th in Seoul, nine hours ahead
        (SEOUL, "2026-11-24T18:30:00+00:00", "now/d", "2026-11-24 15:00"),
        (ZoneInfo("UTC"), "2026-11-24T18:30:00+00:00", "now/d", "2026-11-24 00:00"),
        # in Seoul the month has begun: 2026-11-01 00:00 there
        (SEOUL, "2026-10-31T16:00:00+00:00", "now/M", "2026-10-31 15:00"),
        # clocks went back at 01:00 UTC of 2026-10-25: midnight was still summer time, two hours ahead
        (BERLIN, "2026-10-25T20:00:00+00:00", "now/d", "2026-10-24 22:00"),
        # a calendar day back over the change is 25 hours; 24 hours are 24 hours
        (BERLIN, "2026-10-25T20:00:00+00:00", "now-1d", "2026-10-24 19:00"),
        (BERLIN, "2026-10-25T20:00:00+00:00", "now-24h", "2026-10-24 20:00"),
        # clocks went forward at 01:00 UTC of 2026-03-29
        (BERLIN, "2026-03-29T20:00:00+00:00", "now/d", "2026-03-28 23:00"),
        (BERLIN, "2026-03-30T20:00:00+00:00", "now/M", "2026-02-28 23:00"),
    ],
)
def test_day_and_month_begin_in_the_zone(zone: ZoneInfo, now: str, text: str, start: str) -> None:
    """Date math rounds to the midnight of the zone, not of UTC."""
    assert utc(times.resolve(text, at(now, zone))) == start


def test_a_day_of_25_hours_ends_at_midnight() -> None:
    """The interval of a day that begins before clocks go back ends 25 hours later."""
    start = at("2026-10-24T22:00:00+00:00", BERLIN)
    assert utc(times.after(start, "1d")) == "2026-10-25 23:00"


def test_the_card_names_the_zone() -> None:
    """budgets.timezone is what dashboards and the report take; left out, it is UTC."""
    assert settings.of(card.parse(TEXT)).zone.key == "UTC"
    assert settings.of(card.parse(TEXT.replace("  timezone: UTC\n", ""))).zone.key == "UTC"
    seoul = card.parse(TEXT.replace("  timezone: UTC\n", "  timezone: Asia/Seoul\n"))
    assert settings.of(seoul).zone == SEOUL


@pytest.mark.parametrize("name", ["KST", "Seoul", "+09:00", "''", "../UTC", "9"])
def test_no_other_zone(name: str) -> None:
    """What is no IANA zone is refused, with its line and what to write."""
    if name == "KST":
        name = "Asia/Soul"
    with pytest.raises(UserError, match="is not a time zone") as caught:
        card.parse(TEXT.replace("  timezone: UTC\n", f"  timezone: {name}\n"))
    assert caught.value.hint == "write an IANA name such as UTC, Asia/Seoul or Europe/Berlin"


def test_limits_of_teams_and_models() -> None:
    """Teams and models of the card have limits of their own; a model has to be one of the card's."""
    own = "  timezone: UTC\n  teams: {search: {day_usd: 20, month_usd: 400}}\n  models: {gpt-4.1: {month_usd: 900}}\n"
    limits = settings.of(card.parse(TEXT.replace("  timezone: UTC\n", own))).limits
    actual = [(limit.kind, limit.name, limit.period, int(limit.usd)) for limit in limits]
    assert actual == [
        ("teams", "search", "day", 20),
        ("teams", "search", "month", 400),
        ("models", "gpt-4.1", "month", 900),
    ]
    with pytest.raises(UserError, match="no model has the id"):
        card.parse(TEXT.replace("  timezone: UTC\n", "  models: {gpt-9: {month_usd: 900}}\n"))
    with pytest.raises(UserError, match="has no limit"):
        card.parse(TEXT.replace("  timezone: UTC\n", "  teams: {search: {}}\n"))
