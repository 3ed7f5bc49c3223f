"""Hypothesis strategies: any valid price entry of a card, as plain data with numbers as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

MODALITIES = ("input_audio", "input_image", "cached_audio", "cached_image", "output_audio", "output_image")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: None of them overlaps another; those of a list are of one entry.
WINDOWS = ("23:30-00:30", "00:30-09:30", "09:30-09:31", "12:00-13:00", "16:00-23:30")
TOOLS = ("web_search", "file_search", "My Tool")
UNITS = ("images", "audio_seconds", "video_seconds", "characters", "pages", "search_units")


def decimals(high: str, places: int) -> st.SearchStrategy[str]:
    """Numbers from 0 to `high` as text, round ones and ones with every decimal used."""
    exact = st.decimals(0, Decimal(high), places=places, allow_nan=False, allow_infinity=False)
    rounder = st.decimals(0, min(Decimal(high), Decimal(100)), places=min(places, 2), allow_nan=False)
    return st.one_of(exact, rounder).map(lambda number: format(abs(number), "f"))


rates = decimals("100000", 6)
fractions = st.one_of(st.sampled_from(["0", "0.1", "0.333333", "0.999999"]), decimals("0.999999", 6))
multipliers = st.one_of(st.sampled_from(["0.5", "2", "0.0001", "10"]), decimals("9.9999", 4)).map(
    lambda text: text if Decimal(text) > 0 else "1"
)


@st.composite
def rate_lists(draw: st.DrawFn) -> dict[str, Any]:
    """Rates, some of them left out."""
    found = {"input": draw(rates), "output": draw(rates)}
    if draw(st.booleans()):
        found["output"] = found["input"]
    for kind in ("cached_input", "cache_write", "cache_write_1h", "reasoning"):
        if draw(st.booleans()):
            found[kind] = draw(rates)
    if draw(st.integers(0, 3)) == 0:
        found |= {kind: draw(rates) for kind in MODALITIES if draw(st.booleans())}
    return found


@st.composite
def hour_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Hours of the day that do not overlap: around midnight, on some days or all, one or two windows."""
    windows = draw(st.lists(st.sampled_from(WINDOWS), unique=True, max_size=3))
    hours = []
    for window in windows:
        entry: dict[str, Any] = {"utc": window, **draw(rate_lists())}
        if draw(st.booleans()):
            entry["days"] = draw(st.lists(st.sampled_from(DAYS), unique=True, min_size=1, max_size=7))
        if draw(st.booleans()):
            entry["tiers"] = [{"above": "200", **draw(rate_lists())}]
        hours.append(entry)
    return hours


@st.composite
def charge_parts(draw: st.DrawFn) -> dict[str, Any]:
    """What few price entries have: hours, regions, tools, units, a minimum."""
    parts: dict[str, Any] = {}
    if hours := draw(hour_lists()):
        parts["hours"] = hours
    if draw(st.booleans()):
        parts["regions"] = draw(st.dictionaries(st.sampled_from(["us", "EU-west-1", "x"]), multipliers, max_size=2))
    if draw(st.booleans()):
        parts["tools"] = draw(st.dictionaries(st.sampled_from(TOOLS), decimals("1000", 12), max_size=3))
    if draw(st.booleans()):
        parts["units"] = draw(st.dictionaries(st.sampled_from(UNITS), unit_prices(), max_size=3))
    if draw(st.booleans()):
        parts["minimum"] = draw(decimals("1", 12))
    return parts


def unit_prices() -> st.SearchStrategy[Any]:
    """A bare number, or a price for many units with a minimum."""
    whole = st.fixed_dictionaries(
        {"usd": decimals("1000", 9)},
        optional={"per": st.sampled_from(["1", "3600", "1000000", "7"]), "minimum": decimals("100", 3)},
    )
    return st.one_of(decimals("1000", 9), whole)


@st.composite
def prices(draw: st.DrawFn, start: str) -> dict[str, Any]:
    """A price entry from a date on."""
    entry: dict[str, Any] = {"from": start, **draw(rate_lists())}
    if draw(st.booleans()):
        entry["fee"] = draw(decimals("1000", 12))
    sizes = draw(st.lists(st.sampled_from([1, 200, 128_000, 200_000, 10**9]), unique=True, max_size=3).map(sorted))
    if sizes:
        entry["tiers"] = [{"above": str(size), **draw(rate_lists())} for size in sizes]
    if draw(st.booleans()):
        entry["service_tiers"] = draw(service_tiers())
    for key in ("discount", "margin"):
        if draw(st.booleans()):
            entry[key] = draw(fractions)
    if draw(st.integers(0, 2)) == 0:
        entry |= draw(charge_parts())
    return entry


def service_tiers() -> st.SearchStrategy[dict[str, str]]:
    """Factors by service tier."""
    return st.dictionaries(st.sampled_from(["batch", "flex", "priority", "scale"]), multipliers, max_size=3)
