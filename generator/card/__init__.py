"""The price card: pricing.yaml as a validated model, matching and cost.

The names are loaded at their first use. A module of this package that needs no pydantic, such as `moments`, can be
imported without it: pydantic takes longer than all of `price`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.card.loader import build, load, load_hand_kept, load_with_places, parse
    from generator.card.model import Card

__all__ = ["Card", "build", "load", "load_hand_kept", "load_with_places", "parse"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # the names above, whose types mypy knows
    """Load one of the names above (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{'model' if name == 'Card' else 'loader'}"), name)
