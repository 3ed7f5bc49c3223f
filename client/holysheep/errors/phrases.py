"""Finds the rule that fits an error's text, as logstash/ruby/holysheep/phrases.rb does, over the same rules."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A run of lower case with at most one capital before it, a run of capitals, or a number.
WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SPACES: Final = re.compile(r"[\s_'\"`]+")


class Rule(TypedDict):
    """A rule of rules.json: the category, the suggestion to the user, and the compiled phrases."""

    category: str
    suggestion: str
    words: list[list[str]]
    wide: list[list[str]]


def words(text: str) -> str:
    """The words of a text in lower case, between single spaces, from `^`: ` ^ rate limit error `."""
    return f" ^ {' '.join(WORD.findall(text)).lower()} "


def squeezed(text: str) -> str:
    """The text in lower case without spaces, underscores and quotation marks."""
    return _SPACES.sub("", text).lower()


class Phrases:
    """Rules in their order. The first rule with a fitting phrase wins."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """`rules`: of rules.json."""
        self._rules = rules
        self._by_word: dict[str, list[tuple[int, list[str]]]] = {}
        for rank, rule in enumerate(rules):
            for parts in rule["words"]:
                self._by_word.setdefault(parts[0].split()[0], []).append((rank, parts))

    def find(self, text: str) -> Rule | None:
        """The rule that fits the text, or None."""
        line = words(text)
        best = len(self._rules)
        for word in dict.fromkeys(line.split()):
            for rank, parts in self._by_word.get(word, ()):
                if rank < best and _fits(parts, line):
                    best = rank
        if not text.isascii():
            plain = squeezed(text)
            fitting = (n for n, r in enumerate(self._rules[:best]) if any(_fits(parts, plain) for parts in r["wide"]))
            best = next(fitting, best)
        return self._rules[best] if best < len(self._rules) else None


def _fits(parts: Sequence[str], text: str) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        # Two parts share the space between them.
        at += len(part) - 1
    return True


@cache
def _default() -> tuple[Phrases, str]:
    rules: dict[str, Any] = json.loads(resources.files(__package__).joinpath("errors.json").read_text("utf-8"))
    return Phrases(rules["rules"]), str(rules["unknown"])


def classify(text: str) -> tuple[str, str]:
    """(category, suggestion) of an error's text, by the rules that were rendered into this package."""
    phrases, unknown = _default()
    rule = phrases.find(text)
    return (rule["category"], rule["suggestion"]) if rule else ("unknown_error", unknown)


def confidence_of(category: str) -> float:
    """How sure the rules are of a category, 0 to 1: certain, but for `unknown_error`, of which they know nothing."""
    return 0.0 if category == "unknown_error" else 1.0
