"""What one call costs, in integers; twin of logstash/ruby/holysheep/cost.rb, equal to it to the last digit.

A rate in pico-USD per token times a number of tokens is pico-USD; discount, margin and service tier are
one fraction; the only rounding is the last step, to nano-USD, half up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.card.checks import PLAIN_TIERS
from generator.card.match import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

#: One call can't have more tokens of a kind than this; a larger count is a broken log line.
MAX_TOKENS: Final = 10**9
KINDS: Final = ("input", "output", "cached_input", "cache_write", "reasoning")
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
    """Tokens of one call. `input` includes cache_read and cache_write, `output` includes reasoning."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0


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


#: A failed call without output tokens.
NOT_BILLED: Final = Cost(0, 0, 0, 0, 0, 0, None)


def usd(nano: int) -> float:
    """Nano-USD as the double that the documents hold: one division, as in Ruby."""
    return float(nano) / 1e9


def half_up(numerator: int, denominator: int) -> int:
    """The nearest integer to a fraction that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def factor(rule: Mapping[str, Any], service_tier: str | None) -> Factor | None:
    """(numerator, denominator) by which a call in a service tier is multiplied; None for an unknown tier."""
    tier = normalise(service_tier or "")
    found = rule["factor"] if tier in PLAIN_TIERS else rule["service_tiers"].get(tier)
    return None if found is None else (found[0], found[1])


def rates(rule: Mapping[str, Any], prompt_tokens: int) -> Mapping[str, int]:
    """Pico-USD per token for a prompt of that size: the last tier that it is above, else the entry's own."""
    found: Mapping[str, int] = rule
    for tier in rule["tiers"]:
        if prompt_tokens > tier["above"]:
            found = tier
    return found


def cost(rule: Mapping[str, Any], usage: Usage, by: Factor) -> Cost | None:
    """The cost by one entry of rules.json (`models[].prices[]`); None when more is cached than was sent."""
    plain = usage.input - usage.cache_read - usage.cache_write
    if plain < 0:
        return None
    reasoning = min(usage.reasoning, usage.output)
    rate = rates(rule, usage.input)
    parts = (
        plain * rate["input"],
        (usage.output - reasoning) * rate["output"] + reasoning * rate["reasoning"],
        usage.cache_read * rate["cached_input"],
        usage.cache_write * rate["cache_write"],
        int(rule["fee"]),
    )
    numerator, denominator = by
    total, *nano = [half_up(pico * numerator, 1000 * denominator) for pico in (sum(parts), *parts)]
    tokens = usage.input + usage.output
    return Cost(total, nano[0], nano[1], nano[2], nano[3], nano[4], half_up(total * 1000, tokens) if tokens else None)


def cost_of_total(rule: Mapping[str, Any], tokens: int, by: Factor) -> Cost | None:
    """The cost of tokens of which only the number is known; None unless input and output cost the same in all tiers."""
    lists = [[entry[kind] for kind in KINDS] for entry in (rule, *rule["tiers"])]
    if rule["input"] != rule["output"] or any(own != lists[0] for own in lists):
        return None
    numerator, denominator = by
    fee = int(rule["fee"])
    total, nano_fee = (half_up(pico * numerator, 1000 * denominator) for pico in (tokens * rule["input"] + fee, fee))
    return Cost(total, None, None, 0, 0, nano_fee, half_up(total * 1000, tokens) if tokens else None)
