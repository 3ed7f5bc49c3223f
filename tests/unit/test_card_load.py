"""What a price card says, once it is read."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from generator import card as cards
from generator.card.render import files
from generator.card.rules import fingerprint, price_rules
from generator.errors import UserError
from tests import strategies
from tests.calls import counted
from tests.small_card import SMALL

PRICING = Path(__file__).parents[2] / "pricing.yaml"
TEXT = PRICING.read_text(encoding="utf-8")


def test_the_small_card_is_valid() -> None:
    """The card into which the tests put mistakes has none."""
    assert cards.parse(SMALL).models[0].prices[1].cached_input == Decimal("0.5")


def test_bom_and_crlf_are_read(tmp_path: Path) -> None:
    """A file saved on Windows is the same card."""
    file = tmp_path / "pricing.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert cards.load(file) == cards.load(PRICING)


def test_decimals_never_pass_through_float() -> None:
    """0.1 and 0.000001 are exactly that; a float from Python is refused."""
    price = cards.parse(SMALL.replace("cached_input: 0.5", "cached_input: 0.000001")).models[0].prices[1]
    assert price.cached_input == Decimal("0.000001")
    data = yaml.safe_load(SMALL.replace("request_usd: 0.5", "request_usd: 1").replace("batch: 0.5", "batch: 1"))
    with pytest.raises(UserError, match="is not a number"):
        cards.build(data)


@pytest.mark.parametrize("name", [*strategies.HOSTILE, "a: b", "- x", "#c", "*", "&a", "!t", "x\u2028y", "\U0001f411"])
def test_any_text_may_be_a_name(name: str) -> None:
    """Code, interpolation and YAML syntax in a model's id or alias are data."""
    text = SMALL.replace("- id: b", "- id: " + json.dumps(name, ensure_ascii=False)).replace(
        "- a-1", "- " + json.dumps(name + "2", ensure_ascii=False)
    )
    card = cards.parse(text)
    assert card.models[1].id == name
    assert name.lower() in price_rules(card)["names"]


@given(strategies.card_data())
@settings(deadline=None)
def test_yaml_and_data_are_the_same_card(data: dict[str, Any]) -> None:
    """A valid card dumped as YAML is read back as the same card, and has the same rules."""
    card = cards.build(data)
    reloaded = cards.parse(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    assert reloaded == card
    assert price_rules(reloaded) == price_rules(card)


def test_rules_hold_no_float_and_are_stable() -> None:
    """The rules are integers and text in one canonical order, whose fingerprint is their version."""
    rules = price_rules(cards.load(PRICING))
    text = json.dumps(rules)
    assert json.loads(text, parse_float=pytest.fail) == json.loads(json.dumps(price_rules(cards.load(PRICING))))
    assert rules["version"] == fingerprint({key: value for key, value in rules.items() if key != "version"})
    assert [len(prefix) for prefix, _, _ in rules["families"]] == sorted(
        (len(f[0]) for f in rules["families"]), reverse=True
    )


def test_prices_are_in_order_of_their_dates() -> None:
    """Entries may stand in any order in the file; the rules have them by date."""
    text = SMALL.replace("from: 2024-01-01", "from: 2026-01-01", 1)
    starts = [price["from"] for price in price_rules(cards.parse(text))["models"][0]["prices"]]
    assert starts == ["2025-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"]


def test_left_out_rates() -> None:
    """cached_input and cache_write left out cost the same as input, reasoning the same as output; in tiers too."""
    price = price_rules(cards.parse(SMALL))["models"][0]["prices"][1]
    assert (price["cached_input"], price["cache_write"], price["reasoning"]) == (500_000, 1_000_000, 2_000_000)
    tier = price["tiers"][0]
    assert (tier["cached_input"], tier["cache_write"], tier["reasoning"]) == (3_000_000, 3_000_000, 4_000_000)


def test_the_default_card_names_its_schema() -> None:
    """The first line tells an editor which schema to use, and that schema is rendered."""
    assert TEXT.splitlines()[0] == "# yaml-language-server: $schema=./pricing.schema.json"
    schema = json.loads(files(cards.load(PRICING))["pricing.schema.json"])
    assert schema["$defs"]["Price"]["required"] == ["input", "output", "from"]
    assert schema["$defs"]["Rates"] if "Rates" in schema["$defs"] else schema["additionalProperties"] is False


def test_default_settings() -> None:
    """The default card has the documents' bounds and budgets, and keeps no prompts."""
    card = cards.load(PRICING)
    rules = price_rules(card)
    assert rules["latency"] == [["fast", 500], ["normal", 2000], ["slow", 5000], ["timeout_risk", None]]
    assert (rules["budget_request_nano"], card.budgets.day_usd, card.budgets.month_usd) == (500_000_000, 100, 2000)
    assert rules["keep"] == {"prompts": False, "completions": False, "rejected": False}
    assert card.retention_days.api > 675  # the samples of 2025-01-15, loaded in November 2026


def calls_for(count: int) -> int:
    """How many functions are called to read, check and compile a card of that many models."""
    entry = """
  - id: vendor-model-{n}
    provider: p
    family: f
    aliases: [vm-{n}-a, vm-{n}-b]
    patterns: [vendor-model-{n}-eu-*]
    prices:
      - {{from: 2024-01-01, input: 8.00, output: 8.00}}
      - {{from: 2025-05-14, input: 8.00, output: 24.00}}
"""
    text = SMALL + "".join(entry.format(n=n) for n in range(count))
    with counted() as calls:
        rules = price_rules(cards.parse(text))
    assert len(rules["models"]) == count + 2
    return calls.count


def test_the_work_grows_with_the_number_of_models_and_no_faster() -> None:
    """Four times the models take at most five times the calls; a look at all pairs would take sixteen times."""
    assert calls_for(400) < 5 * calls_for(100)
