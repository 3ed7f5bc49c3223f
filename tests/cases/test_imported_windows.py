"""The filter with every model of genai-prices: it takes the rules, and the windows of imported models count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from generator.paths import PRICING
from runner.prices.bulk.catalogue import catalogue
from runner.prices.bulk.text import text
from tests.filterrun import Filter, rules

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.jruby

#: Percent by model, of 12,000 prompt and 4,000 output tokens.
PERCENT = {
    "gpt-4o-2024-08-06": 12,  # of 128,000: 12.5
    "gpt-3.5-turbo-instruct": 97,  # of OpenAI's 16,385: 97.65
    "command-r": None,  # Cohere, whose price it is, states none
    "deepseek-v3.2": 25,  # pricing.yaml's 64,000 win over the imported ones
}


def test_percent_of_imported_windows(command: list[str], tmp_path: Path) -> None:
    """Each by the window of the provider whose price the model has."""
    (tmp_path / "pricing.yaml").write_bytes(PRICING.read_bytes())
    (tmp_path / "pricing.imported.yaml").write_text(text(catalogue()), encoding="utf-8")
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules(tmp_path / "pricing.yaml")), encoding="utf-8")
    lines = [
        {
            "timestamp": "2026-11-01T12:00:00Z",
            "model": model,
            "status": "success",
            "usage": {"prompt_tokens": 12_000, "completion_tokens": 4_000},
        }
        for model in PERCENT
    ]
    running = Filter(command, file)
    try:
        answers = running.run("webhook", [json.dumps(line).encode() for line in lines])
    finally:
        running.close()
    found = [documents[0]["_source"]["holysheep"] for documents in answers]
    assert {model: part.get("context_percent") for model, part in zip(PERCENT, found, strict=True)} == PERCENT
    assert {part["cost"]["status"] for part in found} == {"priced"}
