"""The total cost of an ordinary call, in a fifth of the time: text alone, at the plain service tier, by an entry that
charges tokens and a fee. All other calls are `Pricer`'s; tests/unit/test_plain_price.py holds both equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from holysheep.price.cost import MAX_TOKENS
from holysheep.price.match import MAX_NAME_BYTES, MEMO

if TYPE_CHECKING:
    from holysheep.price.match import Matcher
    from holysheep.price.rules import PriceRule, PriceRules, Rates

#: Input, output, cached, written to a cache, of these for one hour, reasoning, total: each may be None.
PlainCounts = tuple[int | None, int | None, int | None, int | None, int | None, int | None, int | None]
#: What a token of each kind costs, pico-USD: input, output, cached input, cache write, for one hour, reasoning.
_Prices = tuple[int, int, int, int, int, int]
#: Parts of a price entry that an ordinary call's entry does not have.
_SPECIAL: Final = frozenset({"hours", "tools", "units", "minimum"})


class _Entry(NamedTuple):
    from_ms: int
    prices: _Prices
    #: (above so many tokens of input, prices), the highest first.
    tiers: tuple[tuple[int, _Prices], ...]
    fee: int
    #: Rounded half up, (pico * numerator + half) // denominator is nano-USD.
    numerator: int
    half: int
    special: bool


class Totals:
    """Totals by one card."""

    def __init__(self, rules: PriceRules, matcher: Matcher) -> None:
        """`rules` is used as it is and must not change afterwards."""
        self._matcher, self._served = matcher, rules["price_by"] == "served"
        self._entries: dict[str, tuple[_Entry, ...]] = {}

    def total(self, requested: object, served: object, at_ms: int, counts: PlainCounts) -> int | None:
        """Nano-USD of a call that succeeded; None where `Pricer` must be asked."""
        name = (served or requested) if self._served else (requested or served)
        if type(name) is not str:
            return None
        entries = self._entries.get(name)
        for entry in self._entries_of(name) if entries is None else entries:
            if entry.from_ms <= at_ms:
                return None if entry.special else _total(entry, counts)
        return None

    def _entries_of(self, name: str) -> tuple[_Entry, ...]:
        """The entries of a model, the newest first; none for an unknown name."""
        match = self._matcher.match(name)
        entries = tuple(map(_entry, reversed(match.model["prices"]))) if match is not None else ()
        if len(self._entries) >= MEMO:
            self._entries.clear()
        if len(name) <= MAX_NAME_BYTES:
            self._entries[name] = entries
        return entries


def _entry(rule: PriceRule) -> _Entry:
    tiers = tuple((tier["above"], _prices(tier)) for tier in reversed(rule["tiers"]))
    half = 1000 * rule["factor"][1]
    return _Entry(
        rule["from_ms"], _prices(rule), tiers, rule["fee"], 2 * rule["factor"][0], half, not _SPECIAL.isdisjoint(rule)
    )


def _prices(rates: Rates) -> _Prices:
    return (
        rates["input"], rates["output"], rates["cached_input"], rates["cache_write"], rates["cache_write_1h"],
        rates["reasoning"],
    )  # fmt: skip


def _total(entry: _Entry, counts: PlainCounts) -> int | None:
    """As `cost.token_parts` and `cost.cost_of` do; None for counts that are missing, wrong or all nought."""
    sent, got, read, write, hour, thought, total = counts
    if type(sent) is not int or type(got) is not int or not 0 <= sent <= MAX_TOKENS or not 0 <= got <= MAX_TOKENS:
        return None
    _, prices, tiers, fee, numerator, half, _ = entry
    for above, tier_prices in tiers:
        if sent > above:
            prices = tier_prices
            break
    pico = fee
    fresh, spoken = sent, got
    if read or write or hour or thought or total:
        for count in counts:
            if count is not None and (type(count) is not int or not 0 <= count <= MAX_TOKENS):
                return None
        read, write, thought = read or 0, write or 0, min(thought or 0, got)
        hour = min(hour or 0, write)
        fresh, spoken = sent - read - write, got - thought
        pico += read * prices[2] + (write - hour) * prices[3] + hour * prices[4] + thought * prices[5]
    if fresh < 0 or not (sent or got):
        return None
    return ((pico + fresh * prices[0] + spoken * prices[1]) * numerator + half) // (2 * half)
