"""What one call costs, in integers; twin of logstash/ruby/holysheep/cost.rb, equal to it to the last digit.

A rate in pico-USD per token times a number of tokens is pico-USD; discount, margin and service tier are
one fraction; the only rounding is the last step, to nano-USD, half up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from holysheep.price.match import PLAIN_TIERS, normalise

if TYPE_CHECKING:
    from holysheep.price.rules import PriceRule, Rates

#: One call can't have more tokens of a kind than this; a larger count is a broken log line.
MAX_TOKENS: Final = 10**9
Factor = tuple[int, int]
Reason = Literal[
    "no_model",
    "invalid_tokens",
    "unknown_model",
    "before_first_price",
    "unknown_service_tier",
    "no_usage",
    "only_total_tokens",
    "cached_exceeds_input",
]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `input` includes `cache_read` and `cache_write`; `output` includes `reasoning`."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    cache_write_1h: int = 0  #: part of cache_write


@dataclass(frozen=True, slots=True)
class Cost:
    """Nano-USD (10⁻⁹ USD). Each part is rounded by itself, so the parts may differ from `total` by some nanos."""

    total: int
    input: int | None  #: None when only the total of tokens is known
    output: int | None  #: the same
    cached_input: int
    cache_write: int
    fee: int
    per_1k_tokens: int | None  #: None when there were no tokens


def free(tokens: int) -> Cost:
    """The cost of a call that is not billed: a failed one without output."""
    return Cost(0, 0, 0, 0, 0, 0, 0 if tokens > 0 else None)


def usd(nano: int) -> float:
    """Nano-USD as the double that the documents hold: one division, as in Ruby."""
    return float(nano) / 1e9


def half_up(numerator: int, denominator: int) -> int:
    """The nearest integer to a fraction that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def factor(rule: PriceRule, service_tier: str | None) -> Factor | None:
    """(numerator, denominator) by which a call in a service tier is multiplied; None for an unknown tier."""
    tier = normalise(service_tier or "")
    fraction = rule["factor"] if tier in PLAIN_TIERS else rule["service_tiers"].get(tier)
    return None if fraction is None else (fraction[0], fraction[1])


def rates(rule: PriceRule, prompt_tokens: int) -> Rates:
    """Pico-USD per token for a prompt of this size: the rates of the highest tier that it exceeds, else the entry's."""
    valid: Rates = rule
    for tier in rule["tiers"]:
        if prompt_tokens > tier["above"]:
            valid = tier
    return valid


def rate_list(rates: Rates) -> tuple[int, ...]:
    """All rates of an entry or a tier as a tuple, for comparing two of them."""
    return (
        rates["input"],
        rates["output"],
        rates["cached_input"],
        rates["cache_write"],
        rates["reasoning"],
        rates["cache_write_1h"],
    )


def cost(rule: PriceRule, usage: Usage, by: Factor) -> Cost | None:
    """The cost by one entry of rules.json (`models[].prices[]`); None when more is cached than was sent."""
    plain = usage.input - usage.cache_read - usage.cache_write
    if plain < 0:
        return None
    reasoning = min(usage.reasoning, usage.output)
    hour = min(usage.cache_write_1h, usage.cache_write)
    rate = rates(rule, usage.input)
    parts = (
        plain * rate["input"],
        (usage.output - reasoning) * rate["output"] + reasoning * rate["reasoning"],
        usage.cache_read * rate["cached_input"],
        (usage.cache_write - hour) * rate["cache_write"] + hour * rate["cache_write_1h"],
        rule["fee"],
    )
    numerator, denominator = by
    total, *nano = [half_up(pico * numerator, 1000 * denominator) for pico in (sum(parts), *parts)]
    tokens = usage.input + usage.output
    return Cost(total, nano[0], nano[1], nano[2], nano[3], nano[4], half_up(total * 1000, tokens) if tokens else None)


def cost_of_total(rule: PriceRule, tokens: int, by: Factor) -> Cost | None:
    """The cost of a call when only its total of tokens is known. None unless input and output cost the same."""
    lists = [rate_list(rule), *(rate_list(tier) for tier in rule["tiers"])]
    if rule["input"] != rule["output"] or any(rates_of_tier != lists[0] for rates_of_tier in lists):
        return None
    numerator, denominator = by
    fee = rule["fee"]
    total, nano_fee = (half_up(pico * numerator, 1000 * denominator) for pico in (tokens * rule["input"] + fee, fee))
    return Cost(total, None, None, 0, 0, nano_fee, half_up(total * 1000, tokens) if tokens else None)
