"""The examples of docs/prices.md: the card accepts its models, and its commands give the figures beside them."""

from __future__ import annotations

import argparse
import json
import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from generator import card as cards
from generator import paths
from generator.commands import price

PAGE: Final = (Path(__file__).parents[2] / "docs" / "prices.md").read_text(encoding="utf-8")
MODELS: Final = re.findall(r"^```yaml\nmodels:\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS: Final = re.findall(r"^\.venv/bin/holysheep-elk price (.*?) +# ([\d.]+)$", PAGE, re.MULTILINE)
CARD: Final = f"""
index_prefix: x
retention_days: {{api: 1, errors: 1, audit: 1, access: 1, system: 1, rejected: 1, deadletter: 1}}
budgets: {{request_usd: 1, day_usd: 1, month_usd: 1}}
latency_classes: [{{name: all}}]
models:
{"".join(MODELS)}"""


def test_the_page_has_examples() -> None:
    """Each example has its models and its commands; none is left out by the expressions above."""
    assert (len(MODELS), len(COMMANDS)) == (PAGE.count("```yaml"), PAGE.count("holysheep-elk price "))
    assert len(cards.parse(CARD).models) == PAGE.count("  - id: ")


@pytest.mark.parametrize(("command", "usd"), COMMANDS)
def test_a_command_gives_its_figure(
    command: str, usd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`price` with the page's models says the total that stands behind the command."""
    card = tmp_path / "pricing.yaml"
    card.write_text(CARD, encoding="utf-8")
    monkeypatch.setattr(paths, "PRICING", card)
    parser = argparse.ArgumentParser()
    price.add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(["price", *shlex.split(command), "--json"])
    assert args.func(args) == 0
    assert json.loads(capsys.readouterr().out)["cost_usd"]["total"] == float(usd)
    assert price.run(argparse.Namespace(**{**vars(args), "json": False})) == 0
    assert "USD per million tokens" in capsys.readouterr().out
