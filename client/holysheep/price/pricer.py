"""Decides for one call whether it is priced, not billed or unpriced, as logstash/ruby/holysheep/pricing.rb does.

The order of the reasons is part of the contract: the first that applies is the one that is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from holysheep.price.cost import MAX_TOKENS, Cost, Factor, Reason, Usage, cost, cost_of_total, factor, free
from holysheep.price.match import Match, Matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holysheep.price.rules import PriceRule, PriceRules

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
    cache_write_1h: int | None = None  #: of cache_write: kept for one hour


@dataclass(frozen=True, slots=True)
class Outcome:
    """The cost of a call, or the reason why it has none, with the model and the price entry that were used."""

    status: Status
    reason: Reason | None = None
    cost: Cost | None = None
    match: Match | None = None
    rule: PriceRule | None = None  #: the entry used, in the shape of rules.json


def entry_at(prices: Sequence[PriceRule], at_ms: int) -> PriceRule | None:
    """The last price that was valid at a time; None before the first. `prices` ascend by date."""
    valid = [rule for rule in prices if rule["from_ms"] <= at_ms]
    return valid[-1] if valid else None


class Pricer:
    """Prices calls by the price part of one rules.json."""

    def __init__(self, rules: PriceRules) -> None:
        """`rules` is used as it is and must not change afterwards."""
        self._matcher = Matcher(rules)

    def price(self, call: Call) -> Outcome:
        """The outcome for one call; it never raises, whatever the numbers."""
        match = self._matcher.match(call.model) if call.model else None
        rule = entry_at(match.model["prices"], call.at_ms) if match else None
        if call.failed and not call.output:
            return Outcome("not_billed", cost=free(_tokens(call)), match=match, rule=rule)
        result = self._cost(call, match, rule)
        if isinstance(result, Cost):
            return Outcome("priced", cost=result, match=match, rule=rule)
        return Outcome("unpriced", reason=result, match=match, rule=rule)

    def _cost(self, call: Call, match: Match | None, rule: PriceRule | None) -> Cost | Reason:
        counts = (*_parts(call), call.total)
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


def _parts(call: Call) -> tuple[int | None, ...]:
    """The counts in the order of `Usage`."""
    return (call.input, call.output, call.cache_read, call.cache_write, call.reasoning, call.cache_write_1h)


def _tokens(call: Call) -> int:
    """All tokens of a call, as far as the log says."""
    if call.input is None and call.output is None:
        return call.total or 0
    return (call.input or 0) + (call.output or 0)


def _priced(call: Call, rule: PriceRule, by: Factor) -> Cost | Reason:
    parts = _parts(call)
    if all(count is None for count in (*parts, call.total)):
        return "no_usage"
    if not (call.input or call.output or call.total) and rule["fee"] == 0:
        return "no_usage"
    if call.input is None and call.output is None and call.total is not None:
        return cost_of_total(rule, call.total, by) or "only_total_tokens"
    return cost(rule, Usage(*(part or 0 for part in parts)), by) or "cached_exceeds_input"
