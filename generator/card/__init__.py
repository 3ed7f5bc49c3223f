"""The price card: pricing.yaml as a validated model, matching and cost."""

from generator.card.doubtful import doubtful
from generator.card.loader import build, load, load_hand_kept, load_with_places, parse
from generator.card.model import Card

__all__ = ["Card", "build", "doubtful", "load", "load_hand_kept", "load_with_places", "parse"]
