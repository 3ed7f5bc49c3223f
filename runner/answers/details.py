"""What explains a bill: errors, the dearest calls, what failures and retries cost, savings by the cache, forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from holysheep.price.cost import factor
from runner.answers import periods
from runner.answers.periods import Span
from runner.answers.sums import Metric, equals, grouped, total
from runner.answers.usage import COST, FAILED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from holysheep.price.rules import PriceRule, PriceRules, Rates
    from runner.answers.reader import Json, Selection

#: Errors and calls in a report.
MOST: Final = 10
CALL_FIELDS: Final = (
    "gen_ai.request.model",
    "labels.team",
    "user.id",
    "service.name",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "event.outcome",
    COST,
)
#: The last days by which a month's end is forecast.
RECENT: Final = timedelta(days=7)


@dataclass(frozen=True)
class Error:
    """Failed calls of one type, the message that most of them have, and the model that most of them asked for."""

    type: str
    calls: int
    message: str | None
    model: str | None


@dataclass(frozen=True)
class Savings:
    """Nano-USD by which cached prompt tokens made the calls cheaper, less what writing them to the cache cost more.

    `unknown` calls used the cache at a price that is no longer on the card.
    """

    nano: int
    read_tokens: int
    unknown: int


@dataclass(frozen=True)
class Forecast:
    """The calendar month's cost at its end, if the days that are left cost as much as the last seven did."""

    month: str
    spent_nano: int
    end_nano: int
    budget_nano: int


def errors(selection: Selection) -> list[Error]:
    """The most frequent types of errors."""
    frequent: Json = {
        name: {"terms": {"field": field, "size": 1}}
        for name, field in (("message", "error.message"), ("model", "gen_ai.request.model"))
    }
    types: Json = {"terms": {"field": "error.type", "size": MOST, "missing": "(not told)"}, "aggs": frequent}
    answer = selection.narrowed(FAILED).search(size=0, aggs={"t": types})
    buckets = answer.get("aggregations", {}).get("t", {}).get("buckets", [])
    return [
        Error(bucket["key"], bucket["doc_count"], _first(bucket["message"]), _first(bucket["model"]))
        for bucket in buckets
    ]


def dearest_calls(selection: Selection) -> list[dict[str, Any]]:
    """The most expensive calls: {field: value}, with `@timestamp` as milliseconds since 1970 and `id`."""
    columns: list[Json] = [{"field": name} for name in CALL_FIELDS]
    columns.append({"field": "@timestamp", "format": "epoch_millis"})
    answer = selection.narrowed({"range": {COST: {"gt": 0}}}).search(
        size=MOST, sort=[{COST: "desc"}, {"@timestamp": "asc"}], source=False, docvalue_fields=columns
    )
    calls = []
    for hit in answer["hits"]["hits"]:
        values = {name: found[0] for name, found in hit["fields"].items()}
        calls.append({**values, "@timestamp": int(values["@timestamp"]), "id": hit["_id"]})
    return calls


def cache_savings(selection: Selection, rules: PriceRules) -> Savings:
    """What caching saved at the prices with which the calls were costed; by groups of calls, rounded once each.

    Tiers count: tokens of a prompt above a tier's bound are taken at that tier's rates.
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
    nano = read = unknown = 0
    for group in grouped(used, _PRICED_BY, _CACHE):
        price = prices.get((group.key[0], group.key[1]))
        by = factor(price, group.key[2]) if price else None
        read += group.sums["read"]
        if price is None or by is None:
            unknown += group.documents
            continue
        own = used.narrowed(*(equals(name, value) for name, value in zip(_PRICED_BY, group.key, strict=True)))
        parts = _by_tier(own, price) if price["tiers"] else [(price, group.sums)]
        pico = sum(_saved(rates, sums) for rates, sums in parts)
        nano += (2 * pico * by[0] + 1000 * by[1]) // (2 * 1000 * by[1])
    return Savings(nano, read, unknown)


_PRICED_BY: Final = ("holysheep.price.model", "holysheep.price.from", "holysheep.service_tier")
_CACHE: Final = {
    "read": Metric("gen_ai.usage.cache_read.input_tokens"),
    "write": Metric("gen_ai.usage.cache_creation.input_tokens"),
    "hour": Metric("holysheep.usage.cache_write_1h_tokens"),
}


def _by_tier(own: Selection, price: PriceRule) -> list[tuple[Rates, dict[str, int]]]:
    """Rates, and the cached tokens of the prompts that they are for."""
    bounds = [0, *(tier["above"] + 1 for tier in price["tiers"]), None]
    rates: list[Rates] = [price, *price["tiers"]]
    found = []
    for number, own_rates in enumerate(rates):
        size: Json = {"gte": bounds[number]} | ({"lt": bounds[number + 1]} if bounds[number + 1] else {})
        found.append((own_rates, total(own.narrowed({"range": {"gen_ai.usage.input_tokens": size}}), _CACHE).sums))
    return found


def _saved(rates: Rates, tokens: dict[str, int]) -> int:
    """Pico-USD, before the factor."""
    five_minutes = tokens["write"] - tokens["hour"]
    return (
        tokens["read"] * (rates["input"] - rates["cached_input"])
        - five_minutes * (rates["cache_write"] - rates["input"])
        - tokens["hour"] * (rates["cache_write_1h"] - rates["input"])
    )


def forecast(cost: Callable[[Span], int], zone: str, now: datetime, month_nano: int) -> Forecast:
    """The month in which `now` is. `cost`: the nano-USD of a span."""
    month = periods.parse("month", zone, now)
    spent, recent = cost(Span(month.start, now)), cost(Span(now - RECENT, now))
    left = month.end - now
    return Forecast(str(month), spent, spent + round(recent * (left / RECENT)), month_nano)


def _first(terms: Json) -> str | None:
    return str(terms["buckets"][0]["key"]) if terms["buckets"] else None
