"""Context windows of genai-prices in the card: whose a model's is, and which are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from generator import card as cards
from generator.card.scalars import instant
from generator.paths import PRICING
from runner.prices.bulk.catalogue import Catalogue, catalogue
from runner.prices.bulk.text import changes, text
from runner.prices.compare import compare
from runner.prices.genai import GenaiPrices
from runner.prices.paste import insert, yaml_text

if TYPE_CHECKING:
    from pathlib import Path

#: Tokens by model. At the maker's price OpenRouter sells gpt-3.5-turbo-instruct with 4,095, and command-r with 128,000;
#: Cohere states none. databricks-bge-large-en has 512, which the card does not take.
WINDOWS: Final = {
    "gpt-4o": 128_000,
    "claude-opus-4-1": 200_000,
    "gpt-3.5-turbo-instruct": 16_385,
    "command-r": None,
    "databricks-bge-large-en": None,
}


@pytest.fixture(scope="module")
def everything() -> Catalogue:
    """All providers' prices."""
    return catalogue()


def test_it_is_the_window_of_the_provider_whose_price_it_is(everything: Catalogue) -> None:
    """In the models and in the card; most models have one."""
    models = {name: model for model in everything.models for name in model.names}
    assert {name: models[name].window for name in WINDOWS} == WINDOWS
    assert [(offer.seller, offer.window) for offer in models["command-r"].offers] == [
        ("cohere", None),
        ("openrouter", 128_000),
    ]
    assert [offer.seller for offer in models["gpt-3.5-turbo-instruct"].offers] == ["openai", "openrouter"]
    stated = [model for model in everything.models if model.window is not None]
    assert text(everything).count("\n    context_window: ") == len(stated) > 1000


def test_the_card_has_them(everything: Catalogue, tmp_path: Path) -> None:
    """The hand-kept model's own window stays."""
    (tmp_path / "pricing.yaml").write_bytes(PRICING.read_bytes())
    (tmp_path / "pricing.imported.yaml").write_text(text(everything), encoding="utf-8")
    windows = {model.id: model.context_window for model in cards.load(tmp_path / "pricing.yaml").models}
    assert {name: windows[name] for name in WINDOWS} == WINDOWS
    assert windows["deepseek-v3.2"] == 64_000


def test_a_changed_window_is_a_difference(everything: Catalogue) -> None:
    """Its model is named, as for a price; text is the same each time."""
    new = text(everything)
    start = new.index("\n  - id: gpt-4o\n")
    old = new[:start] + new[start:].replace("context_window: 128000\n", "context_window: 64000\n", 1)
    assert changes(old, new).changed == ["gpt-4o"]
    assert text(catalogue()) == new


def test_a_new_model_is_pasted_with_its_window(tmp_path: Path) -> None:
    """An entry for a model that the card has is a price alone."""
    home = tmp_path / "pricing.yaml"
    home.write_bytes(PRICING.read_bytes())
    now = instant("2026-11-21")
    rows = compare(cards.load(home), GenaiPrices(now), now, ["gpt-4o", "gpt-4.1"])
    assert yaml_text(rows, now, cards.load(home)).count("context_window") == 1
    assert insert(home, rows, now) == 2
    windows = {model.id: model.context_window for model in cards.load(home).models}
    assert (windows["gpt-4o"], windows["gpt-4.1"]) == (128_000, 1_047_576)
