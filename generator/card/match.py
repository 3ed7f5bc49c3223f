"""Which model of the card a log's model name means; twin of logstash/ruby/holysheep/models.rb.

The work for one name depends on the length of the name, not on the number of models.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from generator.card.scalars import MAX_NAME_BYTES

if TYPE_CHECKING:
    from generator.card.model import Card, Model

Rule = Literal["exact", "alias", "pattern"]
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_SPACE: Final = " \t\n\v\f\r"
#: -2025-04-14, -20250414 or @20250414 at the end of a name.
_DATED: Final = re.compile(r"[-@]20\d\d(-?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])\Z", re.ASCII)


def normalise(name: str) -> str:
    """Without white space around it, in lower case; of ASCII only, so that Ruby and Python agree."""
    return name.strip(_SPACE).translate(_LOWER)


def forms(name: str) -> list[str]:
    """What is looked up for a name, in order: itself, without provider prefix, without dated suffix."""
    if len(name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
        return []
    whole = normalise(name)
    bare = whole.rpartition("/")[2]
    candidates = (whole, bare, _DATED.sub("", bare))
    return [form for form in dict.fromkeys(candidates) if form]


def split_pattern(pattern: str) -> tuple[str, str]:
    """What a name must start and end with to match a one-star glob."""
    prefix, _, suffix = normalise(pattern).partition("*")
    return prefix, suffix


def name_table(card: Card) -> dict[str, tuple[int, Literal["exact", "alias"]]]:
    """Every id and alias, normalised: index of its model, and which of the two it is."""
    table: dict[str, tuple[int, Literal["exact", "alias"]]] = {}
    for index, model in enumerate(card.models):
        for alias in model.aliases:
            table[normalise(alias)] = (index, "alias")
    for index, model in enumerate(card.models):
        table[normalise(model.id)] = (index, "exact")
    return table


def pattern_table(card: Card) -> dict[str, dict[str, int]]:
    """Every pattern as prefix, suffix and index of its model."""
    table: dict[str, dict[str, int]] = {}
    for index, model in enumerate(card.models):
        for pattern in model.patterns:
            prefix, suffix = split_pattern(pattern)
            table.setdefault(prefix, {})[suffix] = index
    return table


@dataclass(frozen=True, slots=True)
class Match:
    """A model of the card, how its name was found, and the form of the name that was."""

    model: Model
    rule: Rule
    normalised: str


class Matcher:
    """Looks names up in one card."""

    def __init__(self, card: Card) -> None:
        """Build the tables, once a card."""
        self._models = card.models
        self._names = name_table(card)
        self._patterns = pattern_table(card)
        families = {normalise(family.prefix): (family.family, family.provider) for family in card.families}
        self._families = sorted(families.items(), key=lambda item: (-len(item[0]), item[0]))

    def match(self, name: str) -> Match | None:
        """The model that a name means, or None: then it has no price."""
        candidates = forms(name)
        for form in candidates:
            if found := self._names.get(form):
                return Match(self._models[found[0]], found[1], form)
        for form in candidates:
            if (index := self._pattern(form)) is not None:
                return Match(self._models[index], "pattern", form)
        return None

    def family(self, name: str) -> tuple[str, str] | None:
        """Family and provider of a name without an entry, by the longest prefix of its last form."""
        form = (forms(name) or [""])[-1]
        return next((known for prefix, known in self._families if form.startswith(prefix)), None)

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
