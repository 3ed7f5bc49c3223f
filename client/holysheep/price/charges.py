"""What a call costs beside its tokens: tool calls, units (images, seconds, …), and a minimum charge.

Units and the fee are multiplied as the tokens are, by service tier and region. Tool calls and the minimum are not: by
discount and margin alone, as the providers bill them. Everything is exact until the one rounding at the end.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Final

from holysheep.price.cost import MAX_TOKENS, Cost, Factor, TokenParts, cost_of, half_up, nano, per_1k
from holysheep.price.match import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from holysheep.price.pricer import Call
    from holysheep.price.rules import PriceRule

    Amounts = Mapping[str, int | float | Decimal]

#: Units are counted in thousandths: a call of 9.5 seconds.
_THOUSANDTHS: Final = 1000


def valid(amounts: Amounts | None) -> bool:
    """Whether every amount is a number from 0 to the largest count of a call."""
    return not amounts or all(isfinite(amount) and 0 <= amount <= MAX_TOKENS for amount in amounts.values())


def priced(rule: PriceRule, call: Call) -> bool:
    """Whether the entry has a price for some tool call or unit of a call."""
    if not call.units and not call.tools:
        return False
    own_units, own_tools = rule.get("units", {}), rule.get("tools", {})
    return any(amount > 0 and normalise(name) in own_units for name, amount in (call.units or {}).items()) or any(
        amount > 0 and normalise(name) in own_tools for name, amount in (call.tools or {}).items()
    )


def cost(rule: PriceRule, parts: TokenParts, by: Factor, tokens: int, call: Call) -> Cost:
    """The whole cost of a call. `by` is the factor of tokens, units and fee."""
    plain = cost_of(rule, parts, by, tokens)
    if "tools" not in rule and "units" not in rule and "minimum" not in rule:
        return plain
    entry_factor = (rule["factor"][0], rule["factor"][1])
    unit_pico = _units(rule, call.units or {}) * Fraction(*by)
    tool_pico = _tools(rule, call.tools or {}) * Fraction(*entry_factor)
    exact = (parts.total + rule["fee"]) * Fraction(*by) + unit_pico + tool_pico
    least = rule.get("minimum", 0) * Fraction(*entry_factor)
    total = nano(max(exact, least))
    return replace(
        plain,
        total=total,
        units=nano(unit_pico),
        tools=nano(tool_pico),
        minimum=nano(max(least - exact, Fraction(0))),
        per_1k_tokens=per_1k(total, tokens),
    )


def _units(rule: PriceRule, units: Amounts) -> Fraction:
    """Pico-USD of the units that the entry has a price for."""
    total = Fraction(0)
    for name, amount in units.items():
        unit_prices = rule.get("units", {}).get(normalise(name))
        if unit_prices is None or amount <= 0:
            continue
        exact = Fraction(amount)
        counted = half_up(exact.numerator * _THOUSANDTHS, exact.denominator)
        total += Fraction(
            unit_prices["price"] * max(counted, unit_prices["minimum"]), unit_prices["per"] * _THOUSANDTHS
        )
    return total


def _tools(rule: PriceRule, tools: Amounts) -> int:
    """Pico-USD of the tool calls that the entry has a price for."""
    tool_prices = rule.get("tools", {})
    return sum(tool_prices.get(normalise(name), 0) * int(count) for name, count in tools.items())
