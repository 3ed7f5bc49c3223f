"""What the tokens of one call cost, in integers; twin of logstash/ruby/holysheep/cost.rb, to the last digit.

A rate in pico-USD per token times a number of tokens is pico-USD; discount, margin, service tier and region are
one fraction; the only rounding is the last step, to nano-USD, half up. `charges` adds what is not billed by the token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from holysheep.price import modalities
from holysheep.price.match import PLAIN_TIERS, normalise

if TYPE_CHECKING:
    from fractions import Fraction

    from holysheep.price.rules import HourRule, PriceRule, Rates

#: One call can't have more tokens of a kind than this; a larger count is a broken log line.
MAX_TOKENS: Final = 10**9
_MINUTE_MS: Final = 60_000
_WEEK: Final = 7 * 24 * 60
#: 1970-01-01 was a Thursday.
_FIRST_MINUTE: Final = 3 * 24 * 60
Factor = tuple[int, int]
Reason = Literal[
    "no_model",
    "invalid_tokens",
    "unknown_model",
    "before_first_price",
    "unknown_service_tier",
    "no_usage",
    "only_total_tokens",
    "no_input_tokens",
    "cached_exceeds_input",
]


@dataclass(slots=True)
class Usage:
    """Tokens of one call. `input` includes `cache_read` and `cache_write`; `output` includes `reasoning`."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    cache_write_1h: int = 0  #: part of cache_write
    input_audio: int = 0  #: part of input
    input_image: int = 0  #: part of input
    cached_audio: int = 0  #: part of input_audio and of cache_read
    cached_image: int = 0  #: part of input_image and of cache_read
    output_audio: int = 0  #: part of output
    output_image: int = 0  #: part of output


@dataclass(slots=True)
class Cost:
    """Nano-USD (10⁻⁹ USD). Each part is rounded by itself, so the parts may differ from `total` by some nanos."""

    total: int
    input: int | None  #: None when only the total of tokens is known
    output: int | None  #: without reasoning; None as above
    reasoning: int
    cached_input: int
    cache_write: int
    fee: int
    per_1k_tokens: int | None  #: None when there were no tokens
    units: int = 0
    tools: int = 0
    minimum: int = 0  #: what the total was raised by to reach the minimum charge


@dataclass(slots=True)
class TokenParts:
    """Pico-USD of the tokens, before any factor. `input` and `output` are None when only their total is known."""

    input: int | None
    output: int | None
    reasoning: int
    cached_input: int
    cache_write: int
    total: int


def free(tokens: int) -> Cost:
    """The cost of a call that is not billed: a failed one without output."""
    return Cost(0, 0, 0, 0, 0, 0, 0, 0 if tokens > 0 else None)


def usd(nano: int) -> float:
    """Nano-USD as the double that the documents hold: one division, as in Ruby."""
    return float(nano) / 1e9


def half_up(numerator: int, denominator: int) -> int:
    """The nearest integer to a fraction that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def nano(pico: int | Fraction, by: Factor = (1, 1)) -> int:
    """Pico-USD times a factor, as nano-USD."""
    return half_up(pico.numerator * by[0], pico.denominator * 1000 * by[1])


def factor(rule: PriceRule, service_tier: str | None, region: str | None = None) -> Factor | None:
    """(numerator, denominator) by which a call is multiplied; None for an unknown tier. A region that the card does
    not name costs the plain price.
    """
    if not service_tier and not region:
        return (rule["factor"][0], rule["factor"][1])
    tier = normalise(service_tier or "")
    fraction = rule["factor"] if tier in PLAIN_TIERS else rule["service_tiers"].get(tier)
    if fraction is None:
        return None
    numerator, denominator = rule.get("regions", {}).get(normalise(region or ""), (1, 1))
    return (fraction[0] * numerator, fraction[1] * denominator)


def entry_of_hour(rule: PriceRule, at_ms: int) -> PriceRule | HourRule:
    """The rates and tiers that hold at a time: those of the hours that are open, else the entry's own."""
    if "hours" not in rule:
        return rule
    minute = (at_ms // _MINUTE_MS + _FIRST_MINUTE) % _WEEK
    return next(
        (hour for hour in rule["hours"] if any(first <= minute < end for first, end in hour["weeks"])),
        rule,
    )


def rates(entry: PriceRule | HourRule, prompt_tokens: int) -> Rates:
    """Pico-USD per token for a prompt of this size: the rates of the highest tier that it exceeds, else the entry's."""
    valid: Rates = entry
    for tier in entry["tiers"]:
        if prompt_tokens > tier["above"]:
            valid = tier
    return valid


def token_parts(rate: Rates, usage: Usage) -> TokenParts | None:
    """What the tokens cost; None when more is cached than was sent. A part that is larger than what is left of its
    whole is cut to that, so that no token is billed twice.
    """
    fresh = usage.input - usage.cache_read - usage.cache_write
    if fresh < 0:
        return None
    reasoning = min(usage.reasoning, usage.output)
    hour = min(usage.cache_write_1h, usage.cache_write)
    thought = reasoning * rate["reasoning"]
    written = (usage.cache_write - hour) * rate["cache_write"] + hour * rate["cache_write_1h"]
    if modalities.text_only(usage):
        sent = fresh * rate["input"]
        got = (usage.output - reasoning) * rate["output"]
        cached = usage.cache_read * rate["cached_input"]
    else:
        sent, got, cached = modalities.parts(rate, usage, fresh, reasoning)
    return TokenParts(sent, got, thought, cached, written, sent + got + thought + cached + written)


def parts_of_total(entry: PriceRule | HourRule, tokens: int) -> TokenParts | None:
    """The cost of tokens when only their total is known. None unless all tokens cost the same."""
    lists = [_comparable(each) for each in (entry, *entry["tiers"])]
    rate = entry["input"]
    fresh = [entry.get(kind, rate) for kind in ("output", "input_audio", "input_image", "output_audio", "output_image")]
    if any(rates != rate for rates in fresh) or any(rates != lists[0] for rates in lists):
        return None
    return TokenParts(None, None, 0, 0, 0, tokens * rate)


def cost_of(rule: PriceRule, parts: TokenParts, by: Factor, tokens: int) -> Cost:
    """The cost of tokens and fee alone."""
    # The parts are integers here, so that this is `nano` of each.
    numerator, half = 2 * by[0], 1000 * by[1]
    denominator = 2 * half
    fee = rule["fee"]
    total = ((parts.total + fee) * numerator + half) // denominator
    return Cost(
        total,
        None if parts.input is None else (parts.input * numerator + half) // denominator,
        None if parts.output is None else (parts.output * numerator + half) // denominator,
        (parts.reasoning * numerator + half) // denominator if parts.reasoning else 0,
        (parts.cached_input * numerator + half) // denominator if parts.cached_input else 0,
        (parts.cache_write * numerator + half) // denominator if parts.cache_write else 0,
        (fee * numerator + half) // denominator if fee else 0,
        per_1k(total, tokens),
    )


def per_1k(total: int, tokens: int) -> int | None:
    """Nano-USD for 1,000 tokens; None when there were none."""
    return half_up(total * 1000, tokens) if tokens else None


def _comparable(rates: Rates) -> tuple[int, ...]:
    """All rates of an entry or a tier as a tuple, for comparing two of them."""
    return (
        rates["input"],
        rates["output"],
        rates["cached_input"],
        rates["cache_write"],
        rates["reasoning"],
        rates["cache_write_1h"],
        rates.get("input_audio", rates["input"]),
        rates.get("input_image", rates["input"]),
        rates.get("cached_audio", rates["cached_input"]),
        rates.get("cached_image", rates["cached_input"]),
        rates.get("output_audio", rates["output"]),
        rates.get("output_image", rates["output"]),
    )
