"""Every model of genai-prices in a card: right to the nano-dollar, each one accounted for, the hand-kept part whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from genai_prices.data import providers
from genai_prices.types import Usage

from generator import card as cards
from generator import paths
from generator.card.moments import milliseconds
from generator.card.rules import price_part
from generator.cli import main as generator_main
from generator.errors import UserError
from holysheep.price import Call, Pricer
from runner.cli import main
from runner.prices.bulk.catalogue import Catalogue, catalogue
from runner.prices.bulk.text import changes, text

if TYPE_CHECKING:
    from collections.abc import Iterator

PRICING: Final = Path(__file__).parents[2] / "pricing.yaml"
NOW: Final = datetime(2026, 11, 26, 8, tzinfo=UTC)
#: When DeepSeek is cheaper.
NIGHT: Final = datetime(2026, 11, 26, 20, tzinfo=UTC)
#: Names as logs have them. Rates in USD per million tokens as the providers' price pages have them; the cost is that of
#: 2,000 prompt and 500 output tokens by hand: 0.002 * input + 0.0005 * output.
EVERYDAY: Final = {
    "gpt-5.1-chat-latest": "0.0075",  # 1.25, 10: 0.0025 + 0.005
    "gemini-2.5-pro-preview-06-05": "0.0075",  # 1.25, 10
    "mistral-large-2411": "0.007",  # 2, 6: 0.004 + 0.003
    "us.anthropic.claude-3-5-haiku-20241022-v1:0": "0.0036",  # 0.80, 4: 0.0016 + 0.002
    "text-embedding-3-small": "0.00004",  # 0.02, no output: 0.00004
    "gpt-4o-2024-08-06": "0.01",  # 2.50, 10: 0.005 + 0.005
    "gpt-4o-2024-05-13": "0.0175",  # 5, 15: 0.01 + 0.0075
    "openai/gpt-4o-mini": "0.0006",  # 0.15, 0.60: 0.0003 + 0.0003
    "o3-mini": "0.0044",  # 1.10, 4.40: 0.0022 + 0.0022
    "claude-sonnet-4-5-20250929": "0.0135",  # 3, 15: 0.006 + 0.0075
    "claude-opus-4-1-20250805": "0.0675",  # 15, 75: 0.03 + 0.0375
    "gemini-2.0-flash": "0.0004",  # 0.10, 0.40: 0.0002 + 0.0002
    "grok-4": "0.0135",  # 3, 15
    "deepseek-chat": "0.00109",  # by day 0.27, 1.10: 0.00054 + 0.00055
    "command-r-plus-08-2024": "0.01",  # 2.50, 10
    "codestral-latest": "0.00105",  # 0.30, 0.90: 0.0006 + 0.00045
    "groq/llama-3.3-70b-versatile": "0.001575",  # 0.59, 0.79: 0.00118 + 0.000395
}


@pytest.fixture(scope="module")
def everything() -> Catalogue:
    """All providers' prices."""
    return catalogue()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default card in a folder of its own, which the commands take for the checkout's."""
    file = tmp_path / "pricing.yaml"
    file.write_bytes(PRICING.read_bytes())
    monkeypatch.setattr(paths, "PRICING", file)
    return file


@pytest.fixture(scope="module")
def pricer(everything: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Pricer:
    """Prices of a card whose only hand-kept model is one that nobody else has."""
    folder = tmp_path_factory.mktemp("card")
    head = PRICING.read_text(encoding="utf-8").partition("\nmodels:\n")[0]
    own = "{id: our-own-model, provider: us, family: Us, prices: [{from: 2024-01-01, input: 1, output: 1}]}"
    (folder / "pricing.yaml").write_text(f"{head}\nmodels:\n  - {own}\n", encoding="utf-8")
    (folder / "pricing.imported.yaml").write_text(text(everything), encoding="utf-8")
    return Pricer(price_part(cards.load(folder / "pricing.yaml")))


def _cost(pricer: Pricer, name: str, tokens_in: int, tokens_out: int, at: datetime = NOW) -> Decimal | None:
    outcome = pricer.price(Call(name, milliseconds(at), input=tokens_in, output=tokens_out))
    return None if outcome.cost is None else Decimal(outcome.cost.total) / 10**9


@pytest.mark.parametrize(("name", "usd"), EVERYDAY.items())
def test_everyday_names_cost_what_the_providers_ask(pricer: Pricer, name: str, usd: str) -> None:
    """Seventeen names of everyday logs are found, and their calls cost what the price pages say."""
    assert _cost(pricer, name, 2000, 500) == Decimal(usd)


def _claims(everything: Catalogue) -> Iterator[tuple[str, str, str]]:
    """(seller, its model, a name in the card) of all offers that the card has, merged ones too."""
    for model in everything.models:
        for name in model.names:
            yield model.offers[0].seller, model.offers[0].model, name


def test_each_name_costs_what_genai_prices_itself_computes(everything: Catalogue, pricer: Pricer) -> None:
    """For every name in the card the cost is that of the package's own arithmetic, for small and large prompts."""
    models = {(provider.id, model.id): (provider, model) for provider in providers for model in provider.models}
    wrong = []
    count = 0
    for seller, model_id, name in _claims(everything):
        provider, model = models[seller, model_id]
        for tokens, at in ((1_000, NOW), (300_000, NOW), (1_000, NIGHT)):
            usage = Usage(input_tokens=tokens, output_tokens=1_000)
            theirs = model.calc_price(usage, provider, genai_request_timestamp=at).total_price
            ours = _cost(pricer, name, tokens, 1_000, at)
            count += 1
            if ours is None or abs(ours - theirs) > Decimal("1e-9"):
                wrong.append((seller, model_id, name, tokens, ours, theirs))
    assert count > 12_000
    assert wrong == []


def test_each_model_read_is_in_the_card_or_left_out_with_a_reason(everything: Catalogue) -> None:
    """Models + those sold at the same price + those left out = all that genai-prices has; every reason is a text."""
    read = sum(len(provider.models) for provider in providers)
    left_out = [item for item in everything.left_out if item.what == "model"]
    offers = [(offer.seller, offer.model) for model in everything.models for offer in model.offers]
    assert len(set(offers)) == len(offers)
    assert len(offers) + len(left_out) == read == everything.read
    assert all(item.why for item in everything.left_out)
    assert len(everything.models) >= 500


def test_history_and_batch_tiers_come_along(everything: Catalogue) -> None:
    """o3 cost 10/40 until OpenAI's cut of 2025-06-10 to 2/8; Anthropic's batches cost half."""
    models = {name: model.offers[0] for model in everything.models for name in model.names}
    o3 = {entry.start.isoformat(): (entry.rates["input"], entry.rates["output"]) for entry in models["o3"].entries}
    assert o3["2020-01-01"] == (10, 40)
    assert o3["2025-06-10"] == (2, 8)
    assert models["gpt-4o"].entries[0].tools == {"web_search": Decimal("0.01"), "file_search": Decimal("0.0025")}
    assert models["claude-sonnet-4-5"].entries[-1].service_tiers["batch"] == Decimal("0.5")


def test_a_plain_name_that_is_sold_at_several_prices_is_nobodys(pricer: Pricer) -> None:
    """Without the maker's price the log must name the seller, or --provider must choose."""
    assert _cost(pricer, "meta-llama/llama-3.3-70b-instruct", 1000, 0) is None
    chosen = catalogue(["openrouter"])
    assert "llama-3.3-70b-instruct" in {name for model in chosen.models for name in model.names}


def test_the_hand_kept_part_wins_and_is_never_touched(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The import writes a second file, once; the first one stays byte for byte, and its prices hold."""
    assert main(["prices", "import", "--all"]) == 0
    assert "nothing is written" in capsys.readouterr().out
    assert not home.with_name("pricing.imported.yaml").exists()
    assert main(["prices", "import", "--all", "--write"]) == 0
    imported = home.with_name("pricing.imported.yaml")
    first = imported.read_bytes()
    assert home.read_bytes() == PRICING.read_bytes()
    assert main(["prices", "import", "--all", "--write", "--json"]) == 0
    report = json.loads(capsys.readouterr().out.partition("\n{")[2].join(["{", ""]))
    assert imported.read_bytes() == first
    assert report["changes"] == {"added": [], "removed": [], "changed": []}
    assert "claude-sonnet-4-5" in report["hand_kept"]
    ours = Pricer(price_part(cards.load(home)))
    # pricing.yaml charges 15/75 for it, Anthropic 3/15.
    assert _cost(ours, "claude-sonnet-4-5-20250929", 2000, 500) == Decimal("0.0675")
    assert _cost(ours, "o3-mini", 2000, 500) == Decimal("0.0044")


def test_an_update_says_what_changes(everything: Catalogue) -> None:
    """A price, a new model and one that is gone are each named."""
    new = text(everything)
    old = new.replace("  - id: o3-mini\n", "  - id: o3-micro\n").replace(
        "input: 2.5, output: 10,", "input: 2, output: 10,", 1
    )
    actual = changes(old, new)
    assert actual.added == ["o3-mini"]
    assert actual.removed == ["o3-micro"]
    assert len(actual.changed) == 1
    assert changes(new, new) == changes("", "")


def test_a_mistake_in_the_imported_file_names_that_file(home: Path, everything: Catalogue) -> None:
    """Line and file are those of the imported prices; and a budget may be for one of them."""
    imported = home.with_name("pricing.imported.yaml")
    imported.write_text(text(everything).replace("family: OpenAI", "famly: OpenAI", 1), encoding="utf-8")
    line = imported.read_text(encoding="utf-8").splitlines().index("    famly: OpenAI") + 1
    with pytest.raises(UserError, match=rf'pricing\.imported\.yaml:{line}: unknown key "famly", did you mean family'):
        cards.load(home)
    imported.write_text(text(everything), encoding="utf-8")
    home.write_text(
        home.read_text(encoding="utf-8").replace("  timezone: UTC", "  models: {o3-mini: {day_usd: 5}}"), "utf-8"
    )
    assert cards.load(home).budgets.models["o3-mini"].day_usd == 5


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--all", "--provider", "opnai"], "did you mean openai"),
        (["litellm", "--all"], "--all is not for litellm"),
        (["--all", "--model", "x"], "--all takes no --model"),
        ([], "no source is given"),
        (["genai-prices", "--provider", "openai"], "--provider needs --all"),
    ],
)
def test_wrong_options(arguments: list[str], what: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each says what is wrong and exits with 2."""
    assert main(["prices", "import", *arguments]) == 2
    assert what in capsys.readouterr().err
    assert home.is_file()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("input: 8.00, output: 8.00", "input: 8000, output: 8.00", 'input 8000 of "gpt-4.1" is more than 10 times'),
        ("input: 8.00, output: 8.00", "input: 8000, output: 8.00, confirmed: true", ""),
        ("input: 8.00, output: 8.00", "input: 150, output: 600", ""),  # 10 * 15 and 10 * 75 of claude-sonnet-4.5
        ("input: 8.00, output: 8.00", "input: 8, output: 8, cached_input: 800", "cached_input 800"),
        (
            "input: 8.00, output: 8.00",
            "input: 8, output: 8, tiers: [{above: 9, input: 8, output: 2400}]",
            "output 2400",
        ),
    ],
)
def test_a_slip_of_the_decimal_point_is_a_warning(
    old: str, new: str, expected: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With file and line on stderr, while the price stays as written; confirmed: true ends it."""
    home.write_text(PRICING.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    line = next(n for n, row in enumerate(home.read_text(encoding="utf-8").splitlines(), 1) if new in row)
    warning = f"warning: pricing.yaml:{line}: {expected}" if expected else ""
    for command in (["price", "gpt-4.1"], ["check"]):
        generator_main(command)
        message = capsys.readouterr().err
        assert message.startswith(warning)
        assert bool(message) is bool(warning)
