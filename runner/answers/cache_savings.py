"""What caching prompts saved: cached input at the card's input rate, less what it and writing to the cache cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from holysheep.price.cost import factor
from runner.answers.periods import Span
from runner.answers.sums import Metric, equals, filtered, grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holysheep.price.rules import HourRule, PriceRule, PriceRules, Rates
    from runner.answers.reader import Json, Selection


@dataclass(frozen=True)
class Savings:
    """Nano-USD by which cached prompt tokens made the calls cheaper, less what writing them to the cache cost more.

    `unknown` calls used the cache at a price that is no longer on the card.
    """

    nano: int
    read_tokens: int
    unknown: int


_PRICED_BY: Final = ("holysheep.price.model", "holysheep.price.from", "holysheep.service_tier", "cloud.region")
_CACHE: Final = {
    "read": Metric("gen_ai.usage.cache_read.input_tokens"),
    "write": Metric("gen_ai.usage.cache_creation.input_tokens"),
    "hour": Metric("holysheep.usage.cache_write_1h_tokens"),
    "audio": Metric("holysheep.usage.cached_audio_tokens"),
    "image": Metric("holysheep.usage.cached_image_tokens"),
}
_WEEK: Final = timedelta(days=7)
#: A Monday.
_FIRST_WEEK: Final = datetime(2001, 1, 1, tzinfo=UTC)
#: Weeks a request: a model has some ten windows a week, and Elasticsearch takes 1,024 clauses.
_WEEKS: Final = 26


def cache_savings(selection: Selection, rules: PriceRules) -> Savings:
    """The sum over all calls, at the prices with which they were costed; rounded once.

    Tiers, hours, service tiers and regions count, and rates of sound and pictures.
    """
    cached: Json = {
        "bool": {
            "filter": [{"term": {"holysheep.cost.status": "priced"}}],
            "should": [{"exists": {"field": metric.field}} for metric in _CACHE.values()],
            "minimum_should_match": 1,
        }
    }
    used = selection.narrowed(cached)
    prices = {(model["id"], price["from_ms"]): price for model in rules["models"] for price in model["prices"]}
    nano, read, unknown = Fraction(), 0, 0
    for group in grouped(used, _PRICED_BY, _CACHE):
        price = prices.get((group.key[0], group.key[1]))
        by = factor(price, group.key[2], group.key[3]) if price else None
        read += group.sums["read"]
        if price is None or by is None:
            unknown += group.documents
            continue
        own = used.narrowed(*(equals(name, value) for name, value in zip(_PRICED_BY, group.key, strict=True)))
        one_rate = not price["tiers"] and "hours" not in price
        parts = [(price, group.sums)] if one_rate else _by_rates(own, price)
        nano += Fraction(sum(_saved(rates, sums) for rates, sums in parts) * by[0], 1000 * by[1])
    return Savings((nano + Fraction(1, 2)).__floor__(), read, unknown)


def _by_rates(own: Selection, price: PriceRule) -> Iterator[tuple[Rates, dict[str, int]]]:
    """Rates, and the cached tokens of the calls that they are for."""
    for span in _pieces(own.span) if "hours" in price else [own.span]:
        parts = [
            (rates, [*when, {"range": {"gen_ai.usage.input_tokens": size}}])
            for entry, when in _by_hour(price, span)
            for rates, size in _by_size(entry)
        ]
        found = filtered(own.during(span), [queries for _, queries in parts], _CACHE)
        yield from ((rates, group.sums) for (rates, _), group in zip(parts, found, strict=True))


def _by_hour(price: PriceRule, span: Span) -> list[tuple[PriceRule | HourRule, list[Json]]]:
    """The entry and the rates of its hours, each with the query for its times."""
    open_ = [(hour, _windows(hour, span)) for hour in price.get("hours", [])]
    closed: Json = {"bool": {"must_not": [window for _, windows in open_ for window in windows]}}
    return [
        *((hour, [{"bool": {"should": windows, "minimum_should_match": 1}}]) for hour, windows in open_ if windows),
        (price, [closed] if open_ else []),
    ]


def _windows(hour: HourRule, span: Span) -> list[Json]:
    """The times of a span at which these hours are open."""
    week = _FIRST_WEEK + (span.start - _FIRST_WEEK) // _WEEK * _WEEK
    found = []
    while week < span.end:
        for first, end in hour["weeks"]:
            window = Span(week + timedelta(minutes=first), week + timedelta(minutes=end))
            if window.start < span.end and span.start < window.end:
                found.append(window.query())
        week += _WEEK
    return found


def _pieces(span: Span) -> Iterator[Span]:
    """The span in parts of so many weeks."""
    start = span.start
    while start < span.end:
        end = min(start + _WEEKS * _WEEK, span.end)
        yield Span(start, end)
        start = end


def _by_size(entry: PriceRule | HourRule) -> list[tuple[Rates, Json]]:
    """The rates of an entry, each with the range of prompt tokens that it is for."""
    bounds = [0, *(tier["above"] + 1 for tier in entry["tiers"]), None]
    rates: list[Rates] = [entry, *entry["tiers"]]
    return [
        (own, {"gte": bounds[number]} | ({"lt": bounds[number + 1]} if bounds[number + 1] else {}))
        for number, own in enumerate(rates)
    ]


def _saved(rates: Rates, tokens: dict[str, int]) -> int:
    """Pico-USD, before the factor."""
    plain, cached = rates["input"], rates["cached_input"]
    text = tokens["read"] - tokens["audio"] - tokens["image"]
    five_minutes = tokens["write"] - tokens["hour"]
    return (
        text * (plain - cached)
        + tokens["audio"] * (rates.get("input_audio", plain) - rates.get("cached_audio", cached))
        + tokens["image"] * (rates.get("input_image", plain) - rates.get("cached_image", cached))
        - five_minutes * (rates["cache_write"] - plain)
        - tokens["hour"] * (rates["cache_write_1h"] - plain)
    )
