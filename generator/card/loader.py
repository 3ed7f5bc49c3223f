"""Loads pricing.yaml, with pricing.imported.yaml beside it, as a `Card`, or reports every mistake with its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import yamltext
from generator.card import checks
from generator.card.imported import Imported, beside, kept
from generator.card.model import Card
from generator.errors import UserError
from generator.explain import together, validate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.card.problem import Problem
    from generator.yamltext import Document, Place


@dataclass(frozen=True, slots=True)
class Loaded:
    """A card, how many of its first models are hand-kept, and `file:line` of each place."""

    card: Card
    hand_kept: int
    where: Callable[[Place], str]


def load(path: Path) -> Card:
    """The card in a file, with the imported prices beside it when there are any.

    UserError (UserErrors when several) that names each wrong line.
    """
    return load_with_places(path).card


def load_with_places(path: Path) -> Loaded:
    """The card as `load` gives it, and where each part of it stands."""
    document = yamltext.read(path)
    imported = beside(path)
    return together_with(document, yamltext.read(imported) if imported.is_file() else None)


def load_hand_kept(path: Path) -> Card:
    """The card in a file, without imported prices."""
    return from_document(yamltext.read(path))


def parse(text: str, name: str = "pricing.yaml") -> Card:
    """The card in a text."""
    return from_document(yamltext.parse(text, name))


def build(data: object) -> Card:
    """The card in plain data, for tests and importers. The checks are the same; errors name no lines."""
    return from_document(yamltext.Document("pricing.yaml", "", data))


def from_document(document: Document) -> Card:
    """The card in a YAML document that is already read."""
    return together_with(document, None).card


def together_with(document: Document, imported: Document | None) -> Loaded:
    """The hand-kept card, and behind its models the imported ones; a mistake names the right file."""
    card = validate(Card, document, whole="the card", see="see pricing.schema.json")
    if imported is None:
        _raise(checks.check(card, document.where), document.where)
        return Loaded(card, len(card.models), document.where)
    models = kept(card, validate(Imported, imported, whole="the file", see="run `prices import --all --write` again"))
    first = len(card.models)

    def where(place: Place) -> str:
        if len(place) > 1 and place[0] == "models" and isinstance(place[1], int) and place[1] >= first:
            return imported.where(("models", models[place[1] - first][0], *place[2:]))
        return document.where(place)

    card = card.model_copy(update={"models": (*card.models, *(model for _, model in models))})
    _raise(checks.check(card, where), where)
    return Loaded(card, first, where)


def _raise(problems: list[Problem], where: Callable[[Place], str]) -> None:
    if problems:
        raise together([UserError(what, where=where(place), hint=hint) for place, what, hint in problems])
