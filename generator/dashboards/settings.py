"""What the dashboards take from the price card: the index prefix and numbers such as a budget."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from generator.card.model import Card

_AMOUNT: Final = re.compile(
    r"(?:(?P<factor>\d+(?:\.\d+)?)\s*\*\s*)?(?P<name>[a-z_]+\.[A-Za-z0-9_-]+)|(?P<plain>-?\d+(?:\.\d+)?)"
)


@dataclass(frozen=True)
class Settings:
    """The card's part in the dashboards; `numbers` by name, such as budgets.day_usd and latency.fast."""

    prefix: str
    numbers: dict[str, Decimal]

    def number(self, text: str) -> Decimal:
        """The number that a text stands for: `20`, `budgets.month_usd`, `1.25 * budgets.month_usd`. Else ValueError."""
        match = _AMOUNT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a number, nor a name of the price card such as budgets.month_usd")
        if match["plain"]:
            return Decimal(match["plain"])
        if match["name"] not in self.numbers:
            raise ValueError(f"{match['name']} is not one of {', '.join(sorted(self.numbers))}")
        return self.numbers[match["name"]] * Decimal(match["factor"] or 1)


def of(card: Card) -> Settings:
    """The settings in a card: its budgets, and the upper bounds of its latency classes in milliseconds."""
    numbers = {
        f"budgets.{name}": Decimal(value) for name, value in card.budgets.model_dump().items() if value is not None
    }
    for bound in card.latency_classes:
        if bound.below_ms is not None:
            numbers[f"latency.{bound.name}"] = Decimal(bound.below_ms)
    return Settings(card.index_prefix, numbers)


def plain(number: Decimal) -> str:
    """A number as Kibana stores a static value: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
