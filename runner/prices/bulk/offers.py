"""What one provider asks for one model: the entries of genai-prices in terms of our card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from runner.prices.bulk.clauses import Names, names_of
from runner.prices.genai import FIELDS, base_price, tiers_of
from runner.prices.quote import QuoteError, fee, rate, window

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Tools of the card, and the package's prices of 1,000 calls.
_TOOLS: Final = {"web_search": "web_searches_kcount", "file_search": "storage_searches_kcount"}
#: From when a price holds of which genai-prices knows no start.
UNKNOWN_START: Final = date(2020, 1, 1)
#: Request attributes of genai-prices that are service tiers of the card: (attribute, value), tier.
_TIERS: Final = {
    ("processing", "batch"): "batch",
    ("service_tier", "flex"): "flex",
    ("service_tier", "priority"): "priority",
    ("service_tier", "fast"): "fast",
    ("speed", "fast"): "fast",
}
#: Standard is the plain price.
_PLAIN_TIERS: Final = frozenset({("service_tier", "default"), ("service_tier", "standard")})
#: Decimals of a factor and of a rate of the card, and what a binary fraction is off at most.
_DECIMALS: Final = 4
_RATE_DECIMALS: Final = 6
_NOISE: Final = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Entry:
    """The price from a day on: USD per million tokens by kind, USD per request, tiers, factors by service tier."""

    start: date
    rates: Mapping[str, Decimal]
    fee: Decimal
    tiers: tuple[tuple[int, Mapping[str, Decimal]], ...]
    service_tiers: Mapping[str, Decimal]
    tools: Mapping[str, Decimal]  #: USD a call
    hours: tuple[tuple[str, Mapping[str, Decimal]], ...]  #: window in UTC, rates

    def rates_alone(self) -> tuple[object, ...]:
        """What tells whether two sellers ask the same for tokens. Service tiers and tools are extras of one seller."""
        tiers = tuple((above, tuple(sorted(rates.items()))) for above, rates in self.tiers)
        hours = tuple((window, tuple(sorted(rates.items()))) for window, rates in self.hours)
        return (tuple(sorted(self.rates.items())), self.fee, tiers, hours)

    def same_price(self, other: Entry) -> bool:
        """Whether the two differ in nothing but their first day."""
        own, theirs = ((entry.rates_alone(), entry.service_tiers, entry.tools) for entry in (self, other))
        return own == theirs


@dataclass(frozen=True, slots=True)
class Offer:
    """One model of one provider. `window`: tokens of its context. `missing`: what of its price the card can't say."""

    seller: str
    model: str
    names: Names
    entries: tuple[Entry, ...]
    window: int | None
    missing: tuple[str, ...]


class NoOffer(Exception):  # noqa: N818 - not a failure of the import
    """A model whose price the card can't say; the text is the reason."""


def offer(seller: str, model: Any) -> Offer:  # noqa: ANN401 - the package's ModelInfo
    """The model with its history. NoOffer with the reason when it has no price in tokens."""
    missing: list[str] = []
    conditions = model.prices if isinstance(model.prices, list) else []
    entries: list[Entry] = []
    for start in _starts(model, conditions):
        entry = _entry(seller, model, start, missing)
        if not entries or not entries[-1].same_price(entry):
            entries.append(entry)
    return Offer(
        seller,
        model.id,
        names_of(seller, model),
        tuple(entries),
        window(model.context_window),
        tuple(dict.fromkeys(missing)),
    )


def _starts(model: Any, conditions: list[Any]) -> list[date]:  # noqa: ANN401
    constraints = [item.constraint for item in (*conditions, *(model.price_variants or ()))]
    dated = {item.start_date for item in constraints if hasattr(item, "start_date")}
    return [UNKNOWN_START, *sorted(day for day in dated if day > UNKNOWN_START)]


def _entry(seller: str, model: Any, start: date, missing: list[str]) -> Entry:  # noqa: ANN401
    at = datetime.combine(start, time(), UTC)
    prices = model.get_prices(at)
    stated = _stated(prices)
    others = sorted(_others(prices))
    if "input" not in stated:
        raise NoOffer(f"not priced by tokens but by {', '.join(others)}" if others else "no price is stated")
    if "output" not in stated:
        if others:
            raise NoOffer(f"output is not priced by tokens but by {', '.join(others)}")
        # Embeddings and rerankers: there is no output to pay for.
        stated["output"] = Decimal(0)
    missing += [f"{other} is billed apart and not in the cost" for other in others]
    stated = {kind: _rounded(kind, value, missing) for kind, value in stated.items()}
    name = f"{seller}:{model.id}"
    requests = getattr(prices, "requests_kcount", None)
    try:
        return Entry(
            start,
            {kind: rate(base_price(value), name, kind) for kind, value in stated.items()},
            fee(0 if requests is None else base_price(requests) / 1000, name),
            tiers_of(stated, name),
            _factors(model, at, stated, missing),
            {
                tool: fee(base_price(getattr(prices, key)) / 1000, name)
                for tool, key in _TOOLS.items()
                if getattr(prices, key, None)
            },
            _hours(model, name),
        )
    except QuoteError as error:
        raise NoOffer(str(error)) from None


def _stated(prices: Any) -> dict[str, Any]:  # noqa: ANN401 - the package's ModelPrice
    return {kind: value for kind, field in FIELDS.items() if (value := getattr(prices, field, None)) is not None}


def _hours(model: Any, name: str) -> tuple[tuple[str, dict[str, Decimal]], ...]:  # noqa: ANN401
    """The windows of the day at which other rates hold, in UTC. In genai-prices they hold on every day."""
    windows = []
    for item in model.prices if isinstance(model.prices, list) else []:
        if hasattr(item.constraint, "start_time"):
            start, end = (_utc(moment) for moment in (item.constraint.start_time, item.constraint.end_time))
            rates = {kind: rate(base_price(value), name, kind) for kind, value in _stated(item.prices).items()}
            windows.append((f"{start:%H:%M}-{end:%H:%M}", rates))
    return tuple(windows)


def _utc(moment: time) -> time:
    """A time of the day in UTC; one without a zone is in UTC."""
    return datetime.combine(UNKNOWN_START, moment, moment.tzinfo or UTC).astimezone(UTC).time()


def _rounded(kind: str, value: Any, missing: list[str]) -> Any:  # noqa: ANN401 - Decimal or the package's TieredPrices
    """A price with more decimals than the card has: 0.18000000000000002 is meant as 0.18, 1/12 is not exact."""
    price = base_price(value)
    short = round(price, _RATE_DECIMALS)
    if price is not value or price == short:
        return value
    if abs(price - short) > _NOISE:
        missing.append(f"{kind} is rounded to {_RATE_DECIMALS} decimals")
    return short


def _others(prices: Any) -> list[str]:  # noqa: ANN401 - the package's ModelPrice
    """Units of the price that are none of ours, such as web_searches_kcount."""
    ours = {*FIELDS.values(), *_TOOLS.values(), "requests_kcount"}
    return [key for key, value in vars(prices).items() if value is not None and key not in ours and key[0] != "_"]


def _factors(model: Any, at: datetime, stated: Mapping[str, Any], missing: list[str]) -> dict[str, Decimal]:  # noqa: ANN401
    """Factors by service tier. One whose rates are not all changed alike is no factor, and is named in `missing`."""
    factors: dict[str, Decimal] = {}
    for key, value in _contexts(model):
        tier = _TIERS.get((key, value))
        prices = model.get_prices(at, {key: value})
        ratios = {ratio for kind, plain in stated.items() for ratio in _ratios(plain, getattr(prices, FIELDS[kind]))}
        if ratios <= {1} or (key, value) in _PLAIN_TIERS:
            continue
        factor = next(iter(ratios))
        if tier is None:
            missing.append(f"{key}: {value} is no service tier")
        elif len(ratios) > 1 or factor is None or round(factor, _DECIMALS) != factor:
            missing.append(f"{tier} is not one factor of all rates")
        else:
            factors[tier] = factor.normalize()
    return factors


def _contexts(model: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    variants = [variant.when for variant in model.price_variants or () if len(variant.when) == 1]
    return list(dict.fromkeys(item for when in variants for item in when.items()))


def _ratios(plain: Any, other: Any) -> list[Decimal | None]:  # noqa: ANN401 - Decimal or the package's TieredPrices
    """Other ÷ plain for the base and each tier; None where they can't be compared."""
    if other is None:
        return [None]
    pairs = [(base_price(plain), base_price(other))]
    own, theirs = (getattr(price, "tiers", ()) for price in (plain, other))
    if [tier.start for tier in own] != [tier.start for tier in theirs]:
        return [None]
    pairs += [(one.price, two.price) for one, two in zip(own, theirs, strict=True)]
    return [two / one if one else (None if two else one + 1) for one, two in pairs]
