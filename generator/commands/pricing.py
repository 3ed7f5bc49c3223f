"""The checkout's price card for a command, with a word on rates that are likely a slip."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from generator import card as cards
from generator import paths
from generator.card.doubtful import doubtful

if TYPE_CHECKING:
    from generator.card import Card


def load_card() -> Card:
    """The card; warnings go to stderr. UserError as `cards.load`."""
    loaded = cards.load_with_places(paths.PRICING)
    for warning in doubtful(loaded):
        print(f"warning: {warning}", file=sys.stderr)
    return loaded.card
