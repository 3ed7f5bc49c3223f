"""Calendar days and months in a time zone, and the amounts that follow from them. Standard library only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NANO: Final = 1_000_000_000
HOUR: Final = 3600


def bounds(moment: datetime, period: str, zone: str) -> tuple[datetime, datetime]:
    """Begin and end, in UTC, of the `day` or `month` of a zone that a moment is in.

    A day of a zone has 23 to 25 hours: both ends are midnights of the zone.
    """
    local = moment.astimezone(ZoneInfo(zone))
    begin = datetime(local.year, local.month, local.day if period == "day" else 1, tzinfo=ZoneInfo(zone))
    later = begin + timedelta(days=1 if period == "day" else 32)
    end = datetime(later.year, later.month, later.day if period == "day" else 1, tzinfo=ZoneInfo(zone))
    return begin.astimezone(UTC), end.astimezone(UTC)


def label(moment: datetime, period: str, zone: str) -> str:
    """The period's own name, such as 2026-11-26 or 2026-11."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d" if period == "day" else "%Y-%m")


def expected(spent: int, pace: float, now: datetime, end: datetime) -> float:
    """What a period will have cost at its end, in nano-USD; the pace is in nano-USD a second."""
    return spent + pace * max((end - now).total_seconds(), 0)


def multiple(spent: int, seconds: float, budget: int, period_seconds: float) -> float:
    """How many times faster than evenly a budget is spent: 1 spends it exactly in the period."""
    return spent / seconds / (budget / period_seconds)


def usd(nano: float) -> str:
    """Nano-USD for people: cents, and more digits below a dollar."""
    amount = nano / NANO
    return f"USD {amount:,.2f}" if abs(amount) >= 1 or not nano else f"USD {amount:.4f}"


def lasting(seconds: float) -> str:
    """A length of time in its largest unit: 35 minutes, 12 hours, 3 days."""
    for unit, length in (("days", 24 * HOUR), ("hours", HOUR)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"
