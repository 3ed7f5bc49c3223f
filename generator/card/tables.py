"""The look-up tables of names and patterns in rules.json, made from the price card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from holysheep.price.match import normalise

if TYPE_CHECKING:
    from generator.card.model import Card


def split_pattern(pattern: str) -> tuple[str, str]:
    """The text before the star of a pattern and the text after it, normalised."""
    prefix, _, suffix = normalise(pattern).partition("*")
    return prefix, suffix


def name_table(card: Card) -> dict[str, tuple[int, Literal["exact", "alias"]]]:
    """Every id and alias, normalised, with the index of its model and whether it is the id (`exact`) or an alias."""
    table: dict[str, tuple[int, Literal["exact", "alias"]]] = {}
    for index, model in enumerate(card.models):
        for alias in model.aliases:
            table[normalise(alias)] = (index, "alias")
    for index, model in enumerate(card.models):
        table[normalise(model.id)] = (index, "exact")
    return table


def pattern_table(card: Card) -> dict[str, dict[str, int]]:
    """Every pattern as {prefix: {suffix: index of its model}}."""
    table: dict[str, dict[str, int]] = {}
    for index, model in enumerate(card.models):
        for pattern in model.patterns:
            prefix, suffix = split_pattern(pattern)
            table.setdefault(prefix, {})[suffix] = index
    return table
