"""Notes on what a call used and its price has nothing for; twin of logstash/ruby/holysheep/uncharged.rb."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from holysheep.mask import text as masked
from holysheep.price.pricer import entry_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from holysheep.price import Match
    from holysheep.price.rules import PriceRule

#: Kinds of tokens that cost what another kind does where they have no rate of their own.
KINDS: Final = {"input_audio": "input", "output_audio": "output", "output_image": "output"}
FREE_TOOLS: Final = frozenset({"web_fetch"})
_LENGTH: Final = 256
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOTE: Final = re.compile(
    rf"tokens\.(?:{'|'.join(KINDS)}): has no rate in the price card, priced as |"
    r"(?:tools|units)\.[^:]*: has no price in the price card \("
)
#: Problems that the filter finds after these.
_LATER: Final = re.compile(r"client\.ip: |retries: |metadata: |tokens: .* is not known and not priced \(", re.DOTALL)


def notes(usage: Mapping[str, Any], match: Match | None, at_ms: int) -> list[str]:
    """The notes of a call, from its `holysheep.usage`."""
    rule = entry_at(match.model["prices"], at_ms) if match else None
    if rule is None or not usage:
        return []
    return [_CONTROL.sub("", masked(note))[:_LENGTH] for note in _notes(usage, rule)]


def noted(problems: list[str], new: list[str]) -> list[str]:
    """Problems with new notes in the place of the old ones."""
    others = [problem for problem in problems if not _NOTE.match(problem)]
    if len(others) == len(problems) and not new:
        return problems
    place = next((number for number, problem in enumerate(others) if _LATER.match(problem)), len(others))
    return [*others[:place], *new, *others[place:]]


def _notes(usage: Mapping[str, Any], rule: PriceRule) -> Iterator[str]:
    for kind, instead in KINDS.items():
        tokens = usage.get(f"{kind}_tokens", 0)
        if tokens and not _has_rate(rule, kind):
            yield f"tokens.{kind}: has no rate in the price card, priced as {instead} ({tokens})"
    for part, free in (("tools", FREE_TOOLS), ("units", frozenset())):
        priced: Mapping[str, Any] = rule.get(part, {})  # type: ignore[assignment]  # one of two dicts
        for name, amount in usage.get(part, {}).items():
            if float(amount) > 0 and name not in priced and name not in free:
                yield f"{part}.{name}: has no price in the price card ({amount})"


def _has_rate(rule: PriceRule, kind: str) -> bool:
    hours = rule.get("hours", [])
    tiers = [tier for hour in hours for tier in hour["tiers"]]
    return any(kind in rates for rates in (rule, *rule["tiers"], *hours, *tiers))
