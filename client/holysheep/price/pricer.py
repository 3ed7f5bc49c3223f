"""Decides for one call whether it is priced, not billed or unpriced, as logstash/ruby/holysheep/pricing.rb does.

The order of the reasons is part of the contract: the first that applies is the one that is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from holysheep.price import charges
from holysheep.price.cost import (
    MAX_TOKENS,
    Cost,
    Factor,
    Reason,
    Usage,
    entry_of_hour,
    factor,
    free,
    parts_of_total,
    rates,
    token_parts,
)
from holysheep.price.match import Match, Matcher

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from holysheep.price.rules import PriceRule, PriceRules

Status = Literal["priced", "unpriced", "not_billed"]
#: In the order of `Usage`.
Counts = tuple[int | None, ...]


@dataclass(slots=True)
class Call:
    """What a log line says of a call. None: the line does not say."""

    model: str | None  #: the model asked for
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
    response_model: str | None = None  #: the model that answered
    region: str | None = None
    input_audio: int | None = None  #: of input
    input_image: int | None = None  #: of input
    cached_audio: int | None = None  #: of input_audio: read from a cache
    cached_image: int | None = None  #: of input_image: read from a cache
    output_audio: int | None = None  #: of output
    output_image: int | None = None  #: of output
    tools: Mapping[str, int] | None = None  #: calls of the provider's tools, such as {"web_search": 2}
    units: Mapping[str, int | float | Decimal] | None = None  #: what is billed by the piece, such as {"images": 1}


@dataclass(slots=True)
class Outcome:
    """The cost of a call, or the reason why it has none, with the model and the price entry that were used."""

    status: Status
    reason: Reason | None = None
    cost: Cost | None = None
    match: Match | None = None
    rule: PriceRule | None = None  #: the entry used, in the shape of rules.json


def entry_at(prices: Sequence[PriceRule], at_ms: int) -> PriceRule | None:
    """The last price that was valid at a time; None before the first. `prices` ascend by date."""
    for rule in reversed(prices):
        if rule["from_ms"] <= at_ms:
            return rule
    return None


class Pricer:
    """Prices calls by the price part of one rules.json."""

    def __init__(self, rules: PriceRules) -> None:
        """`rules` is used as it is and must not change afterwards."""
        self.matcher = Matcher(rules)
        self._served = rules["price_by"] == "served"

    def price(self, call: Call) -> Outcome:
        """The outcome for one call; it never raises, whatever the numbers."""
        name = self.priced_name(call)
        match = self.matcher.match(name) if name else None
        rule = entry_at(match.model["prices"], call.at_ms) if match else None
        if call.failed and not call.output:
            return Outcome("not_billed", None, free(_tokens(call)), match, rule)
        counts = _counts(call)
        result = _refused(name, call, counts) or _cost(call, counts, match, rule)
        if isinstance(result, Cost):
            return Outcome("priced", None, result, match, rule)
        return Outcome("unpriced", result, None, match, rule)

    def priced_name(self, call: Call) -> str | None:
        """The name that is priced: what the card says, requested or served, else the other one."""
        first, other = (call.response_model, call.model) if self._served else (call.model, call.response_model)
        return first or other


def _refused(name: str | None, call: Call, counts: Counts) -> Reason | None:
    """Why a call can't be priced by any card."""
    if not name:
        return "no_model"
    for count in counts:
        # Most are None or 0, which are right.
        if count and not 0 <= count <= MAX_TOKENS:
            return "invalid_tokens"
    if call.total and not 0 <= call.total <= MAX_TOKENS:
        return "invalid_tokens"
    return None if charges.valid(call.tools) and charges.valid(call.units) else "invalid_tokens"


def _cost(call: Call, counts: Counts, match: Match | None, rule: PriceRule | None) -> Cost | Reason:
    if match is None:
        return "unknown_model"
    if rule is None:
        return "before_first_price"
    by = factor(rule, call.service_tier, call.region)
    if by is None:
        return "unknown_service_tier"
    return _priced(call, counts, rule, by)


def _counts(call: Call) -> Counts:
    """The counts in the order of `Usage`."""
    return (
        call.input,
        call.output,
        call.cache_read,
        call.cache_write,
        call.reasoning,
        call.cache_write_1h,
        call.input_audio,
        call.input_image,
        call.cached_audio,
        call.cached_image,
        call.output_audio,
        call.output_image,
    )


def _tokens(call: Call) -> int:
    """All tokens of a call, as far as the log says."""
    if call.input is None and call.output is None:
        return call.total or 0
    return (call.input or 0) + (call.output or 0)


def _no_usage(call: Call, rule: PriceRule) -> bool:
    """Whether there is nothing to price: no count at all, or noughts where nothing but tokens is billed."""
    if call.input or call.output or call.total:
        return False
    if charges.priced(rule, call):
        return False
    counts = (call.input, call.output, call.cache_read, call.cache_write, call.reasoning, call.total)
    if all(count is None for count in counts):
        return True
    return rule["fee"] == 0


def _priced(call: Call, counts: Counts, rule: PriceRule, by: Factor) -> Cost | Reason:
    if _no_usage(call, rule):
        return "no_usage"
    entry = entry_of_hour(rule, call.at_ms)
    if call.input is None and call.output is None and call.total is not None:
        parts = parts_of_total(entry, call.total)
        if parts is None:
            return "only_total_tokens"
    elif call.input is None and call.output and entry["input"] > 0:
        # An answer came, and nobody says how long its prompt was: no prompt is empty.
        return "no_input_tokens"
    else:
        usage = Usage(*[count or 0 for count in counts])
        parts = token_parts(rates(entry, usage.input), usage)
        if parts is None:
            return "cached_exceeds_input"
    return charges.cost(rule, parts, by, _tokens(call), call)
