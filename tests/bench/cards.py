"""Price cards of any size: the checkout's own, with made-up models behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator import card as cards
from generator import paths
from generator.render import rules

if TYPE_CHECKING:
    from pathlib import Path

#: Made like the usual ones, so that only their number differs: an alias, a pattern, a service tier, two dated prices.
MODEL: Final = """
  - id: bench-{number:04d}-chat
    provider: openai
    family: OpenAI
    aliases: [bench-{number:04d}-chat-latest]
    patterns: [vendor.bench-{number:04d}-chat-*]
    service_tiers: {{batch: 0.5}}
    prices:
      - {{from: 2024-01-01, input: 3.00, output: 3.00}}
      - {{from: 2025-05-14, input: 3.00, output: 12.00}}
"""


def names(count: int) -> tuple[str, ...]:
    """Ids of the made-up models."""
    return tuple(f"bench-{number:04d}-chat" for number in range(count))


def text(models: int) -> str:
    """A pricing.yaml with so many models; the checkout's own when that has as many or more."""
    own = paths.PRICING.read_text(encoding="utf-8").rstrip("\n") + "\n"
    missing = models - len(cards.parse(own).models)
    return own + "".join(MODEL.format(number=number) for number in range(missing))


def write_rules(path: Path, models: int) -> Path:
    """The filter's rules for such a card, at `path`."""
    card = cards.parse(text(models))
    path.write_text(rules.text(rules.rules(card)), encoding="utf-8")
    return path
