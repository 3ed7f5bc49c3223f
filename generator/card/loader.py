"""Loads pricing.yaml as a `Card`, or reports every mistake in it with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import yamltext
from generator.card import checks
from generator.card.model import Card
from generator.errors import UserError
from generator.explain import together, validate

if TYPE_CHECKING:
    from pathlib import Path

    from generator.yamltext import Document


def load(path: Path) -> Card:
    """The card in a file. UserError (UserErrors when several) that names each wrong line."""
    return from_document(yamltext.read(path))


def parse(text: str, name: str = "pricing.yaml") -> Card:
    """The card in a text."""
    return from_document(yamltext.parse(text, name))


def build(data: object) -> Card:
    """The card in plain data, for tests and importers. The checks are the same; errors name no lines."""
    return from_document(yamltext.Document("pricing.yaml", "", data))


def from_document(document: Document) -> Card:
    """The card in a YAML document that is already read."""
    card = validate(Card, document, whole="the card", see="see pricing.schema.json")
    if problems := checks.check(card, document.where):
        raise together([UserError(what, where=document.where(place), hint=hint) for place, what, hint in problems])
    return card
