"""Values of a bill's line: money as integers, counts, and times. Never a float."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from generator.errors import show

ATTO: Final = 10**18
ATTO_PER_NANO: Final = 10**9
#: Larger amounts and counts are a mistake, and SQLite could not add them up.
MAX_USD: Final = 10**9
MAX_COUNT: Final = 10**15
#: Decimals that an amount may have: those of a float, with room to spare.
_MAX_PLACES: Final = 60
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_UNIX: Final = re.compile(r"\d{9,13}", re.ASCII)
#: A number of this size counts milliseconds, a smaller one seconds.
_MILLIS_FROM: Final = 10**11
_MS: Final = 1000


class LineError(ValueError):
    """What is wrong with a line of a bill."""


def money(value: Any) -> tuple[int, int] | None:  # noqa: ANN401 - a value of JSON or CSV
    """An amount as (atto-USD, decimals as written); None for an empty one. LineError when it is none.

    An atto-USD is 10⁻¹⁸ USD: sums of 10⁷ amounts stay exact to the nano-USD.
    """
    number = _number(value, "an amount of money")
    if number is None:
        return None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() > len(str(MAX_USD)) or abs(number) > MAX_USD:
        raise LineError(f"{show(value)} is no amount of money")
    if exponent < -_MAX_PLACES:
        raise LineError(f"{show(value)} has more than {_MAX_PLACES} decimals")
    numerator, denominator = number.as_integer_ratio()
    return rounded(numerator * ATTO, denominator), max(0, -exponent)


def count(value: Any) -> int | None:  # noqa: ANN401 - as above
    """A number of tokens or calls; None for an empty one. LineError when it is none."""
    if value is None:
        return None
    if type(value) is int:
        number = value
    elif type(value) is str and value.isascii() and value.isdigit() and len(value) < len(str(MAX_COUNT)):
        # Most counts of a CSV: millions of them.
        return int(value)
    else:
        parsed = _number(value, "a count")
        if parsed is None:
            return None
        if parsed.adjusted() > len(str(MAX_COUNT)) or parsed != parsed.to_integral_value():
            raise LineError(f"{show(value)} is no count")
        number = int(parsed)
    if not 0 <= number <= MAX_COUNT:
        raise LineError(f"{show(value)} is no count")
    return number


def rounded(numerator: int, denominator: int) -> int:
    """The quotient of integers, rounded half to even; the denominator is positive."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2))


@lru_cache(maxsize=4096)
def when(value: str | int, zone: str) -> date | int:
    """A whole day, or a moment in milliseconds since 1970. A time without a zone is one of `zone`.

    LineError for anything but an ISO date or time, or seconds or milliseconds since 1970.
    """
    text = str(value).strip()
    if _UNIX.fullmatch(text):
        number = int(text)
        return number if number >= _MILLIS_FROM else number * _MS
    try:
        if len(text) == len("2026-01-01") or ("-" not in text and len(text) == len("20260101")):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        raise LineError(f"{show(value)} is no time: write 2026-11-25 or 2026-11-25T10:30:00Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if text.endswith(" UTC") else ZoneInfo(zone))
    return round(moment.timestamp() * _MS) if moment.microsecond else int(moment.timestamp()) * _MS


def _number(value: Any, what: str) -> Decimal | None:  # noqa: ANN401 - as above
    if isinstance(value, Decimal):
        number = value
    elif value is None:
        return None
    elif isinstance(value, (bool, float, dict, list)):
        raise LineError(f"{show(value)} is not {what}")
    else:
        text = str(value).strip().removeprefix("$").strip()
        if not text:
            return None
        try:
            number = Decimal(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
        except InvalidOperation:
            raise LineError(f"{show(value)} is not {what}") from None
    if not number.is_finite():
        raise LineError(f"{show(value)} is not {what}")
    return number
