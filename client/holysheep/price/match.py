"""Which model of the card a log's model name means; twin of logstash/ruby/holysheep/card.rb.

The work for one name depends on the length of the name, not on the number of models.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

if TYPE_CHECKING:
    from holysheep.price.rules import ModelRule, PriceRules

Rule = Literal["exact", "alias", "pattern"]
#: A longer text is not looked up: no model has such a name.
MAX_NAME_BYTES: Final = 256
#: Service tiers that mean "no special tier" for providers. They always cost the plain price. `on_demand` is Groq's.
PLAIN_TIERS: Final = frozenset({"", "default", "standard", "auto", "on_demand"})
#: Names whose match is remembered.
MEMO: Final = 10_000
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_SPACE: Final = " \t\n\v\f\r"
#: -2025-04-14, -20250414 or @20250414 at the end of a name.
_DATED: Final = re.compile(r"[-@]20\d\d(-?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])\Z", re.ASCII)


def normalise(name: str) -> str:
    """The name in lower case, without surrounding white space. Only ASCII changes, so that Ruby and Python agree."""
    return name.strip(_SPACE).translate(_LOWER)


def forms(name: str) -> list[str]:
    """The forms of a name to look up, in this order: as it is, without provider prefix, without dated suffix."""
    if len(name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
        return []
    name_normalised = normalise(name)
    without_provider = name_normalised.rpartition("/")[2]
    candidates = (name_normalised, without_provider, _DATED.sub("", without_provider))
    return [form for form in dict.fromkeys(candidates) if form]


@dataclass(frozen=True, slots=True)
class Match:
    """A model of the card, the rule that matched (exact, alias or pattern), and the form of the name that matched."""

    model: ModelRule
    rule: Rule
    normalised: str


class Matcher:
    """Looks names up in one card."""

    def __init__(self, rules: PriceRules) -> None:
        """`rules` is used as it is and must not change afterwards."""
        self._models = rules["models"]
        self._names = rules["names"]
        self._patterns = rules["patterns"]
        self._families = rules["families"]
        self._memo: dict[str, Match | None] = {}

    def match(self, name: str) -> Match | None:
        """The model that a name means, or None: then it has no price. Names repeat, so the last ones are remembered."""
        if name in self._memo:
            return self._memo[name]
        if len(self._memo) >= MEMO:
            self._memo.clear()
        match = self._look_up(name)
        if len(name) <= MAX_NAME_BYTES:
            self._memo[name] = match
        return match

    def _look_up(self, name: str) -> Match | None:
        candidates = forms(name)
        for form in candidates:
            if entry := self._names.get(form):
                index, rule = cast("tuple[int, Rule]", entry)
                return Match(self._models[index], rule, form)
        for form in candidates:
            if (number := self._pattern(form)) is not None:
                return Match(self._models[number], "pattern", form)
        return None

    def family(self, name: str) -> tuple[str, str] | None:
        """Family and provider of a name without an entry, by the longest prefix of its last form."""
        form = (forms(name) or [""])[-1]
        return next(
            ((family, provider) for prefix, family, provider in self._families if form.startswith(prefix)), None
        )

    def _pattern(self, form: str) -> int | None:
        for start in range(len(form) + 1):
            suffixes = self._patterns.get(form[:start])
            if suffixes is None:
                continue
            for end in range(start, len(form) + 1):
                index = suffixes.get(form[end:])
                if index is not None:
                    return index
        return None
