"""A mistake of a card whose single values are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from generator.yamltext import Place


class Problem(NamedTuple):
    """A mistake at a place of the card."""

    place: Place
    what: str
    hint: str
