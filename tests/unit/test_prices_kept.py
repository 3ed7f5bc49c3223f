"""What an import of prices keeps of the entry before, and the rates of sound and pictures."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from generator import card as cards
from generator.card.scalars import instant
from generator.paths import PRICING
from runner.prices.compare import Row, compare
from runner.prices.litellm import LiteLLM
from runner.prices.paste import insert
from runner.prices.quote import Quote

if TYPE_CHECKING:
    from pathlib import Path

NOW = instant("2026-11-21")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the default card."""
    file = tmp_path / "pricing.yaml"
    file.write_bytes(PRICING.read_bytes())
    return file


def test_import_keeps_what_the_source_does_not_state(home: Path) -> None:
    """A new entry takes over all that the entry before has besides its rates for input and output."""
    text = home.read_text(encoding="utf-8")
    complete = (
        "output: 24.00, cached_input: 2, output_audio: 80, fee: 0.001, discount: 0.1, service_tiers: {flex: 0.7},"
        " tiers: [{above: 9, input: 9, output: 9, reasoning: 10}], regions: {us: 1.1}, tools: {web_search: 0.01},"
        " minimum: 0.0001, units: {images: 0.04, audio_seconds: {usd: 0.04, per: 3600, minimum: 10}},"
        " hours: [{utc: '16:30-00:30', input: 1, output: 2},"
        " {utc: ['01:00-04:00', '06:00-10:00'], days: [mon, tue], input: 3, output: 4,"
        " tiers: [{above: 9, input: 5, output: 6}]}]}"
    )
    home.write_text(text.replace("output: 24.00}", complete), encoding="utf-8")
    before = cards.load(home).models[0].prices[-1]
    quote = Quote("gpt-4.1", None, {"input": Decimal(7), "output": Decimal(20)})
    assert insert(home, [Row("gpt-4.1", "differs", quote)], NOW) == 1
    after = cards.load(home).models[0].prices[-1]
    assert after == before.model_copy(update={"from_": NOW, "input": Decimal(7), "output": Decimal(20)})


def test_rates_of_sound_and_pictures_are_compared(home: Path) -> None:
    """What the card leaves out costs what its plain kind does: 24 for sound in the answer, 2 for cached sound."""
    text = home.read_text(encoding="utf-8")
    home.write_text(
        text.replace("output: 24.00}", "output: 24.00, cached_input: 2, input_audio: 40}"), encoding="utf-8"
    )
    theirs = {"input": "8", "output": "24", "input_audio": "32", "output_audio": "80", "cached_audio": "2"}
    file = home.with_name("litellm.json")
    fields = {
        "input": "input_cost_per_token", "output": "output_cost_per_token", "input_audio": "input_cost_per_audio_token",
        "output_audio": "output_cost_per_audio_token", "cached_audio": "cache_read_input_audio_token_cost",
    }  # fmt: skip
    entry: dict[str, Any] = {fields[kind]: float(usd) / 1e6 for kind, usd in theirs.items()}
    file.write_text(json.dumps({"gpt-4.1": {**entry, "litellm_provider": "openai"}}), encoding="utf-8")
    (row,) = compare(cards.load(home), LiteLLM(file), NOW, ["gpt-4.1"])
    assert row.differences == (("input_audio", "40", "32"), ("output_audio", "24", "80"))
