"""The price card: pricing.yaml as a validated model, matching and cost."""

from generator.card.loader import build, load, parse
from generator.card.model import Card

__all__ = ["Card", "build", "load", "parse"]
