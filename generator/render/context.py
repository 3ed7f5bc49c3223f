"""What the templates see: the values, and the filters that quote for each format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.card.model import Card
    from generator.render.registry import Registry

FILTERS: Final[dict[str, Callable[..., str]]] = {}


def build(card: Card, registry: Registry) -> dict[str, Any]:
    """The names of a template; `generated` is added by `text`."""
    return {"card": card, "prefix": card.index_prefix, "fields": registry.fields}
