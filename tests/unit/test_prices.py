"""Prices of others: compared with our card, and added to it without losing a line."""

from __future__ import annotations

import builtins
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import card as cards
from generator.card.scalars import instant
from generator.errors import UserError
from runner.prices.compare import Row, compare
from runner.prices.entry import scalar
from runner.prices.genai import GenaiPrices
from runner.prices.litellm import LiteLLM
from runner.prices.paste import insert, yaml_text
from runner.prices.quote import Quote, QuoteError
from tests import strategies

PRICING = Path(__file__).parents[2] / "pricing.yaml"
NOW = instant("2026-11-21")
LITELLM = """
{"sample_spec": {"litellm_provider": "one of", "max_tokens": "a number"},
 "azure/gpt-4.1": {"input_cost_per_token": 2.2e-06, "output_cost_per_token": 8.8e-06, "litellm_provider": "azure"},
 "gpt-4.1": {"input_cost_per_token": 8e-06, "output_cost_per_token": 2.4e-05, "litellm_provider": "openai"},
 "claude-sonnet-4-5": {"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
   "cache_read_input_token_cost": 3e-07, "cache_creation_input_token_cost": 3.75e-06,
   "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
   "litellm_provider": "anthropic"},
 "gemini/gemini-2.5-flash": {"input_cost_per_token": -1, "output_cost_per_token": 1, "litellm_provider": "gemini"},
 "fancy": {"input_cost_per_token": 1e-06, "litellm_provider": "openai"},
 "o9": {"input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06, "output_cost_per_reasoning_token": 5e-06,
   "input_cost_per_request": 0.001, "litellm_provider": "openai"}}
"""


@pytest.fixture
def litellm(tmp_path: Path) -> LiteLLM:
    """A price file in LiteLLM's form."""
    file = tmp_path / "prices.json"
    file.write_text(LITELLM, encoding="utf-8")
    return LiteLLM(file)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the default card."""
    file = tmp_path / "pricing.yaml"
    file.write_bytes(PRICING.read_bytes())
    return file


def test_litellm_diff(litellm: LiteLLM) -> None:
    """Each model says the same, differs with both figures, is unusable with the reason, or is not there."""
    rows = {row.model: row for row in compare(cards.load(PRICING), litellm, NOW)}
    assert rows["gpt-4.1"].verdict == "same"
    assert rows["gpt-4.1"].quote is not None
    assert rows["gpt-4.1"].quote.name == "gpt-4.1"
    assert rows["claude-sonnet-4.5"].differences == (
        ("input", "15", "3"),
        ("output", "75", "15"),
        ("cached_input", "15", "0.3"),
        ("cache_write", "15", "3.75"),
        ("tiers", "none", ">200000: 6/22.5"),
    )
    assert rows["gemini-2.5-flash"].verdict == "unusable"
    assert rows["gemini-2.5-flash"].note == 'input of "gemini/gemini-2.5-flash": -1000000 is negative'
    assert rows["deepseek-v3.2"].verdict == "not in source"


def test_litellm_prices_without_output_are_unusable(litellm: LiteLLM) -> None:
    """A price that is left out is never 0."""
    with pytest.raises(QuoteError, match="has no output price"):
        litellm.quote(["fancy"], None)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '"x"'])
def test_what_is_no_price_file(tmp_path: Path, text: str) -> None:
    """A file that is no LiteLLM price file says so."""
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"is not|LiteLLM"):
        LiteLLM(file)
    with pytest.raises(UserError, match="No such file"):
        LiteLLM(tmp_path / "missing")


@pytest.mark.parametrize("value", ["1e999999999999", "NaN", "Infinity", '"2e-6"', "true", "null", "[]", "{}", "1e-40"])
def test_odd_numbers_never_become_prices(tmp_path: Path, value: str) -> None:
    """A number that is none, or too large or fine for a price, makes the model unusable and nothing else."""
    file = tmp_path / "x.json"
    file.write_text(f'{{"m": {{"input_cost_per_token": {value}, "output_cost_per_token": 1e-6}}}}', encoding="utf-8")
    with pytest.raises(QuoteError):
        LiteLLM(file).quote(["m"], None)


def test_import_adds_lines_only(home: Path, litellm: LiteLLM) -> None:
    """Every old line is still there in its order, and the new prices hold from their date."""
    card = cards.load(home)
    rows = compare(card, litellm, NOW, ["o9", "claude-sonnet-4.5"])
    assert insert(home, rows, NOW) == 2
    old, new = PRICING.read_text(encoding="utf-8").splitlines(), home.read_text(encoding="utf-8").splitlines()
    remaining = iter(new)
    assert all(line in remaining for line in old)
    after = cards.load(home)
    claude = after.models[1].prices[-1]
    assert (claude.input, claude.cache_write, claude.tiers[0].output) == (3, Decimal("3.75"), Decimal("22.5"))
    assert (after.models[-1].id, after.models[-1].family, after.models[-1].prices[0].fee) == (
        "o9",
        "Other",
        Decimal("0.001"),
    )
    assert [model.prices[0] for model in after.models[:4]] == [model.prices[0] for model in card.models]
    assert {row.verdict for row in compare(after, litellm, NOW, ["o9", "claude-sonnet-4-5"])} == {"same"}


def test_import_of_the_last_model_and_a_new_one(home: Path) -> None:
    """A new price of the last model and a new model both go to the end, in the right order."""
    quote = Quote("x", "openai", {"input": Decimal(1), "output": Decimal(2)}, fee=None, tiers=None)
    rows = [Row("new one: #1", "not in card", quote), Row("deepseek-v3.2", "differs", quote)]
    home.write_bytes(home.read_bytes().rstrip(b"\n"))
    assert insert(home, rows, NOW) == 2
    card = cards.load(home)
    assert [model.id for model in card.models[-2:]] == ["deepseek-v3.2", "new one: #1"]
    assert len(card.models[-2].prices) == 3


def test_import_keeps_crlf_and_mode(home: Path, litellm: LiteLLM) -> None:
    """A file with Windows line ends stays one, and its permissions stay."""
    home.write_bytes(home.read_bytes().replace(b"\n", b"\r\n"))
    home.chmod(0o640)
    insert(home, compare(cards.load(home), litellm, NOW, ["claude-sonnet-4.5"]), NOW)
    assert home.read_bytes().count(b"\n") == home.read_bytes().count(b"\r\n")
    assert home.stat().st_mode & 0o777 == 0o640


def test_a_second_import_on_a_day_is_refused(home: Path) -> None:
    """A date that has a price already is named with its line, and the file stays as it was."""
    before = home.read_bytes()
    quote = Quote("gpt-4.1", None, {"input": Decimal(7), "output": Decimal(20)})
    with pytest.raises(UserError, match=r"^pricing\.yaml:\d+: gpt-4\.1 has a price from 2025-05-14 already"):
        insert(home, [Row("gpt-4.1", "differs", quote)], instant("2025-05-14"))
    assert home.read_bytes() == before


def test_lists_in_brackets_are_left_alone(home: Path) -> None:
    """A list written as […] can't grow by a line: the hint says what to do, and nothing is written."""
    text = home.read_text(encoding="utf-8")
    block = text[text.index("    prices:\n") : text.index("\n  - id: claude")]
    home.write_text(text.replace(block, "    prices: [{from: 2024-01-01, input: 8, output: 8}]\n"), encoding="utf-8")
    before = home.read_bytes()
    quote = Quote("gpt-4.1", None, {"input": Decimal(7), "output": Decimal(20)})
    with pytest.raises(UserError, match=r"prices is written as \[…\], write it as lines"):
        insert(home, [Row("gpt-4.1", "differs", quote)], NOW)
    assert home.read_bytes() == before


@given(st.one_of(st.sampled_from([*strategies.HOSTILE, "null", "yes", "1.5", "~", "- x", "a #b"]), strategies.names))
@settings(deadline=None)
def test_any_name_can_be_pasted(name: str) -> None:
    """The YAML printed for a new model of any name is read back as that model."""
    card = cards.load(PRICING)
    if cards_match(name, card):
        return
    quote = Quote(name, "openai", {"input": Decimal("0.1"), "output": Decimal("1E+2")})
    text = PRICING.read_text(encoding="utf-8") + yaml_text([Row(name, "not in card", quote)], NOW, card)
    added = cards.parse(text).models[-1]
    assert (added.prices[0].input, added.prices[0].output) == (Decimal("0.1"), 100)
    assert scalar(added.id) in text


def cards_match(name: str, card: cards.Card) -> bool:
    """Whether a name is taken already."""
    return name.strip().lower() in {text for model in card.models for text in (model.id, *model.aliases)}


def test_genai_prices_has_the_providers_own_price() -> None:
    """The package knows gpt-4.1 of OpenAI; the figures are the package's, not ours."""
    source = GenaiPrices(NOW)
    quote = source.quote(["gpt-4.1"], "openai")
    assert quote is not None
    assert quote.name == "openai:gpt-4.1"
    assert set(quote.rates) >= {"input", "output"}
    assert source.quote(["no-such-model-anywhere"], None) is None


def test_genai_tiers_are_resolved_for_every_kind() -> None:
    """Each tier of claude-sonnet-4.5 states every rate that the entry states."""
    quote = GenaiPrices(NOW).quote(["claude-sonnet-4.5"], "anthropic")
    assert quote is not None
    for _, rates in quote.tiers or ():
        assert set(rates) == set(quote.rates)


def test_genai_prices_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional extra the command says how to get it."""
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the signature of __import__
        if name.startswith("genai_prices"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    for module in [name for name in sys.modules if name.startswith("genai_prices")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UserError, match=r"genai-prices is not installed, run: .*holysheep-elk\[prices\]"):
        GenaiPrices()


def test_json_of_litellm_keeps_decimals_exact(litellm: LiteLLM) -> None:
    """2.4e-05 USD per token is exactly 24 USD per million, not 24.000000000000004."""
    quote = litellm.quote(["gpt-4.1"], "openai")
    assert quote is not None
    assert quote.rates == {"input": Decimal(8), "output": Decimal(24)}
