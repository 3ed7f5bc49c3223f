"""Imported prices beside the hand-kept ones: pricing.imported.yaml, written by `prices import --all`, never by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from generator.card.model import ImportedModel, Part
from generator.card.overlap import Glob, overlaps
from generator.card.rules import price_part
from generator.card.tables import split_pattern
from holysheep.price.match import Matcher

if TYPE_CHECKING:
    from pathlib import Path

    from generator.card.model import Card

SUFFIX: Final = ".imported.yaml"


class Imported(Part):
    """pricing.imported.yaml: models as in pricing.yaml, and nothing else."""

    models: Annotated[tuple[ImportedModel, ...], Field(min_length=1)]
    """The models that have a price."""


def beside(pricing: Path) -> Path:
    """Where the imported prices of a card are: pricing.imported.yaml beside pricing.yaml."""
    return pricing.with_name(pricing.stem + SUFFIX)


def kept(card: Card, imported: Imported) -> list[tuple[int, ImportedModel]]:
    """The imported models, with their place in the file, as far as the hand-kept card leaves them room.

    A name that the hand-kept card finds a price for, by id, alias or pattern, is the hand-kept model's: the imported
    model loses that name, and is left out whole when it is its id. Of two patterns that claim one name the hand-kept
    one stays.
    """
    matcher = Matcher(price_part(card))
    free = [(index, model) for index, model in enumerate(imported.models) if matcher.match(model.id) is None]
    lost = _overlapping(card, free)
    models = []
    for number, (index, model) in enumerate(free):
        aliases = tuple(alias for alias in model.aliases if matcher.match(alias) is None)
        patterns = tuple(pattern for pattern in model.patterns if (number, split_pattern(pattern)) not in lost)
        models.append((index, model.model_copy(update={"aliases": aliases, "patterns": patterns})))
    return models


def _overlapping(card: Card, free: list[tuple[int, ImportedModel]]) -> set[tuple[int, tuple[str, str]]]:
    """Imported patterns, as (number in `free`, prefix and suffix), that share a name with a hand-kept pattern."""
    own_patterns = [(-1, pattern) for model in card.models for pattern in model.patterns]
    imported_patterns = [(number, pattern) for number, (_, model) in enumerate(free) for pattern in model.patterns]
    globs = [
        Glob(*split_pattern(text), number, place)
        for place, (number, text) in enumerate([*own_patterns, *imported_patterns])
    ]
    pairs = overlaps(globs)
    return {(second.model, (second.prefix, second.suffix)) for first, second in pairs if first.model == -1}
