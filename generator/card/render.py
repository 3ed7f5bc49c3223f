"""Renders pricing.schema.json. `generator/render/rules.py` renders the rules of the filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.card.schema import json_schema_text

if TYPE_CHECKING:
    from generator.card.model import Card


def files(card: Card) -> dict[str, str]:  # noqa: ARG001 - every renderer has this signature; the schema is the same for every card
    """Path in the bundle and text of each file."""
    return {"pricing.schema.json": json_schema_text()}
