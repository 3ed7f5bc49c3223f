"""Moments: read from a date or a time, and written as the rules and documents have them. Loads no pydantic."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from generator.errors import show

HINT: Final = "write a date such as 2025-05-14, or a time with its zone such as 2025-05-14T09:00:00Z"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?) ?([Zz]|[+-]\d\d:\d\d)?)?", re.ASCII
)


def read(value: object) -> datetime:
    """A moment in UTC, to the millisecond, from a date (its midnight in UTC) or a time with a zone.

    ValueError says what is wrong; HINT says what to write instead.
    """
    if isinstance(value, datetime):
        value = value.isoformat(timespec="milliseconds")
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{show(value)} is not a date")
    day, clock, zone = match.groups()
    if clock and not zone:
        raise ValueError(f"{show(value)} has no time zone")
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}{(zone or 'Z').upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{show(value)} does not exist in the calendar") from None
    if not 2000 <= moment.year < 2100:  # noqa: PLR2004 - a typing error, not a price
        raise ValueError(f"{show(value)} is not in this century")
    return moment


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, without floats."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def iso(moment: datetime) -> str:
    """2024-01-01T00:00:00.000Z, as the documents have it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
