"""The whole decision for one call: priced, not billed, or unpriced and why; twin of the Ruby filter's.

The order of the reasons is part of the contract: the first that applies is the one that is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from generator.card.cost import MAX_TOKENS, NOT_BILLED, Cost, Factor, Reason, Usage, cost, cost_of_total, factor
from generator.card.match import Match, Matcher
from generator.card.rules import price_rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.card.model import Card

Status = Literal["priced", "unpriced", "not_billed"]


@dataclass(frozen=True, slots=True)
class Call:
    """What a log line says of a call. None: the line does not say."""

    model: str | None
    at_ms: int  #: milliseconds since 1970
    input: int | None = None  #: cached tokens included
    output: int | None = None  #: reasoning tokens included
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None
    total: int | None = None  #: used only when neither input nor output is known
    service_tier: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call costs, or why that is not known; and what the price card said on the way there."""

    status: Status
    reason: Reason | None = None
    cost: Cost | None = None
    match: Match | None = None
    rule: Mapping[str, Any] | None = None  #: the entry used, in the shape of rules.json


class Pricer:
    """Prices calls by one card."""

    def __init__(self, card: Card) -> None:
        """Resolve every price of the card, once."""
        self._matcher = Matcher(card)
        self._rules: dict[str, list[Mapping[str, Any]]] = {
            model.id: [price_rule(price, model, card) for price in sorted(model.prices, key=lambda price: price.from_)]
            for model in card.models
        }

    def price(self, call: Call) -> Outcome:
        """The outcome for one call; it never raises, whatever the numbers."""
        match = self._matcher.match(call.model) if call.model else None
        rule = self._entry(match, call.at_ms) if match else None
        if call.failed and not call.output:
            return Outcome("not_billed", cost=NOT_BILLED, match=match, rule=rule)
        found = self._cost(call, match, rule)
        if isinstance(found, Cost):
            return Outcome("priced", cost=found, match=match, rule=rule)
        return Outcome("unpriced", reason=found, match=match, rule=rule)

    def _entry(self, match: Match, at_ms: int) -> Mapping[str, Any] | None:
        """The last entry that was valid by then."""
        valid = [rule for rule in self._rules[match.model.id] if rule["from_ms"] <= at_ms]
        return valid[-1] if valid else None

    def _cost(self, call: Call, match: Match | None, rule: Mapping[str, Any] | None) -> Cost | Reason:
        counts = (call.input, call.output, call.cache_read, call.cache_write, call.reasoning, call.total)
        if not call.model:
            return "no_model"
        if any(count is not None and not 0 <= count <= MAX_TOKENS for count in counts):
            return "invalid_tokens"
        if match is None:
            return "unknown_model"
        if rule is None:
            return "before_first_price"
        by = factor(rule, call.service_tier)
        if by is None:
            return "unknown_service_tier"
        return _priced(call, rule, by)


def _priced(call: Call, rule: Mapping[str, Any], by: Factor) -> Cost | Reason:
    parts = (call.input, call.output, call.cache_read, call.cache_write, call.reasoning)
    if all(count is None for count in (*parts, call.total)):
        return "no_usage"
    if not (call.input or call.output or call.total) and rule["fee"] == 0:
        return "no_usage"
    if call.input is None and call.output is None and call.total is not None:
        return cost_of_total(rule, call.total, by) or "only_total_tokens"
    return cost(rule, Usage(*(part or 0 for part in parts)), by) or "cached_exceeds_input"
