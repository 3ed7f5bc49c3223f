"""The values of the price card that dashboards use: the index prefix, and numbers such as a budget."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from generator.card.model import ImportedModel

if TYPE_CHECKING:
    from generator.card.model import Card, RateLimits

_AMOUNT: Final = re.compile(
    r"(?:(?P<factor>\d+(?:\.\d+)?)\s*\*\s*)?(?:(?P<name>[a-z_]+\.[A-Za-z0-9_-]+)|(?P<plain>-?\d+(?:\.\d+)?))"
)


@dataclass(frozen=True)
class OwnLimit:
    """What a team or a model may spend: `kind` is teams or models, `period` day or month, `usd` the limit."""

    kind: str
    name: str
    period: str
    usd: Decimal


@dataclass(frozen=True)
class Settings:
    """The card's part in the dashboards; `numbers` by name, such as budgets.day_usd and latency.fast."""

    prefix: str
    numbers: dict[str, Decimal]
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """In which a day and a month begin."""
    limits: tuple[OwnLimit, ...] = ()
    """Of teams and models."""
    rate_limits: dict[str, RateLimits] = field(default_factory=dict)
    """Of the models that have any, by id."""
    budget_percent: tuple[int, ...] = ()
    """Shares of a budget, in percent, at which an alert is sent."""
    cache_savings: dict[str, Decimal] = field(default_factory=dict)
    """By model of pricing.yaml, USD that a token read from the cache saves at the last price. Not by imported ones: a
    formula of a thousand models is none that Kibana can compute."""

    def number(self, text: str) -> Decimal:
        """The number that a text stands for: `20`, `budgets.month_usd`, `1.25 * budgets.month_usd`. Else ValueError."""
        match = _AMOUNT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a number, nor a name of the price card such as budgets.month_usd")
        if match["plain"]:
            return Decimal(match["plain"]) * Decimal(match["factor"] or 1)
        if match["name"] not in self.numbers:
            raise ValueError(f"{match['name']} is not one of {', '.join(sorted(self.numbers))}")
        return self.numbers[match["name"]] * Decimal(match["factor"] or 1)


def of(card: Card) -> Settings:
    """The settings in a card: its budgets, and the upper bounds of its latency classes in milliseconds."""
    amounts = ("request_usd", "day_usd", "month_usd")
    numbers = {f"budgets.{name}": Decimal(getattr(card.budgets, name)) for name in amounts}
    numbers |= {f"alerts.{name}": Decimal(value) for name, value in card.alerts if isinstance(value, int | Decimal)}
    for bound in card.latency_classes:
        if bound.below_ms is not None:
            numbers[f"latency.{bound.name}"] = Decimal(bound.below_ms)
    limits = [
        OwnLimit(kind, name, period, Decimal(usd))
        for kind, named in (("teams", card.budgets.teams), ("models", card.budgets.models))
        for name, limit in named.items()
        for period, usd in (("day", limit.day_usd), ("month", limit.month_usd))
        if usd is not None
    ]
    return Settings(
        card.index_prefix,
        numbers,
        ZoneInfo(card.budgets.timezone),
        tuple(limits),
        card.rate_limits,
        card.alerts.budget_percent,
        _savings(card),
    )


def _savings(card: Card) -> dict[str, Decimal]:
    models = [model for model in card.models if not isinstance(model, ImportedModel)]
    last = {model.id: max(model.prices, key=lambda price: price.from_) for model in models}
    return {
        name: (Decimal(price.input) - Decimal(price.cached_input)) / 1_000_000
        for name, price in last.items()
        if price.cached_input is not None
    }


def plain(number: Decimal) -> str:
    """A number as Kibana stores a static value: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
