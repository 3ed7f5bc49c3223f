"""What calls cost, against figures computed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import card as cards
from generator.card.moments import milliseconds
from generator.card.rules import price_part
from generator.card.scalars import instant
from holysheep.price import Call, Matcher, Pricer, usd
from holysheep.price.cost import half_up

PRICING = Path(__file__).parents[2] / "pricing.yaml"
JANUARY = milliseconds(instant("2025-01-15T10:30:00Z"))


@pytest.fixture(scope="module")
def default() -> cards.Card:
    """The card of the repository."""
    return cards.load(PRICING)


@pytest.fixture(scope="module")
def pricer(default: cards.Card) -> Pricer:
    """Prices calls by that card."""
    return Pricer(price_part(default))


def tiny(price: str, extra: str = "") -> Pricer:
    """A card with one model `m` and the given price."""
    card = cards.parse(f"""
index_prefix: x
retention_days: {{api: 1, errors: 1, audit: 1, access: 1, system: 1, rejected: 1, deadletter: 1}}
budgets: {{request_usd: 1, day_usd: 1, month_usd: 1}}
latency_classes: [{{name: all}}]
{extra}
models:
  - {{id: m, provider: p, family: f, prices: [{price}]}}
""")
    return Pricer(price_part(card))


@pytest.mark.parametrize(
    ("model", "tokens", "total"),
    [
        ("gpt-4.1", (150, 320), "0.00376"),
        ("deepseek-chat-v3.2", (150, 280), "0.0001806"),
        ("claude-sonnet-4.5", (200, 450), "0.00975"),
        ("gemini-2.5-flash", (180, 300), "0.0012"),
    ],
)
def test_export_lines_of_the_first_document(pricer: Pricer, model: str, tokens: tuple[int, int], total: str) -> None:
    """The document's lines cost what they say; the DeepSeek line says 0.000181, which is this to six decimals."""
    outcome = pricer.price(Call(model, JANUARY, *tokens))
    assert outcome.status == "priced"
    assert outcome.cost is not None
    assert usd(outcome.cost.total) == float(total)


def test_failed_export_line_is_not_billed(pricer: Pricer) -> None:
    """The fifth line, rate limited with 500 prompt tokens, costs 0 and is not_billed."""
    outcome = pricer.price(Call("gpt-4.1", JANUARY, 500, 0, failed=True))
    assert (outcome.status, outcome.cost and outcome.cost.total) == ("not_billed", 0)


@pytest.mark.parametrize(
    ("model", "total"),
    [
        ("gpt-4.1", "0.032"),
        ("claude-sonnet-4-20250514", "0.09"),
        ("gemini-2.5-flash", "0.0125"),
        ("deepseek-v3.2", "0.00312"),
    ],
)
def test_split_rates_of_the_agent_document(pricer: Pricer, model: str, total: str) -> None:
    """From 2025-05-14 on, 1,000 prompt and 1,000 output tokens cost 8/24, 15/75, 2.50/10 and 0.42/2.70 a million."""
    outcome = pricer.price(Call(model, milliseconds(instant("2025-05-14")), 1000, 1000))
    assert outcome.cost is not None
    assert usd(outcome.cost.total) == float(total)


@pytest.mark.parametrize(
    ("at", "nano"),
    [("2025-05-13T23:59:59.999Z", 8000), ("2025-05-14T00:00:00Z", 24000), ("2024-01-01T00:00:00Z", 8000)],
)
def test_price_date_is_inclusive_to_the_millisecond(pricer: Pricer, at: str, nano: int) -> None:
    """One output token of gpt-4.1 costs the new price from midnight UTC on, and the old one a millisecond before."""
    outcome = pricer.price(Call("gpt-4.1", milliseconds(instant(at)), 0, 1))
    assert outcome.cost is not None
    assert outcome.cost.total == nano


def test_before_the_first_price(pricer: Pricer) -> None:
    """A call of 2023 has no price, though its model is known."""
    outcome = pricer.price(Call("gpt-4.1", milliseconds(instant("2023-12-31T23:59:59.999Z")), 1, 1))
    assert (outcome.status, outcome.reason, outcome.cost) == ("unpriced", "before_first_price", None)


TIERED = (
    "{from: 2024-01-01, input: 1, output: 1, tiers: "
    "[{above: 100, input: 2, output: 3}, {above: 200, input: 5, output: 5}]}"
)


@pytest.mark.parametrize(
    ("prompt", "nano"), [(100, 101_000), (101, 101 * 2000 + 3000), (200, 403_000), (201, 201 * 5000 + 5000)]
)
def test_a_tier_begins_above_its_size(prompt: int, nano: int) -> None:
    """At exactly the tier's size the lower rates hold; one token more, and the whole request costs the tier's."""
    outcome = tiny(TIERED).price(Call("m", JANUARY, prompt, 1))
    assert outcome.cost is not None
    assert outcome.cost.total == nano


def test_cached_tokens_are_counted_once() -> None:
    """1,000 prompt tokens of which 600 were read from and 100 written to a cache: 300 + 60 + 125 + 500 micro-USD."""
    price = "{from: 2024-01-01, input: 1, output: 5, cached_input: 0.1, cache_write: 1.25}"
    outcome = tiny(price).price(Call("m", JANUARY, 1000, 100, cache_read=600, cache_write=100))
    assert outcome.cost is not None
    assert (outcome.cost.input, outcome.cost.cached_input, outcome.cost.cache_write) == (300_000, 60_000, 125_000)
    assert outcome.cost.total == 985_000


def test_reasoning_is_part_of_output_and_never_more() -> None:
    """Reasoning tokens have their own rate; more of them than output counts as all of the output."""
    pricer = tiny("{from: 2024-01-01, input: 1, output: 2, reasoning: 3}")
    partly = pricer.price(Call("m", JANUARY, 0, 100, reasoning=40)).cost
    all_of_it = pricer.price(Call("m", JANUARY, 0, 100, reasoning=400)).cost
    assert partly is not None
    assert all_of_it is not None
    assert (partly.total, all_of_it.total) == (240_000, 300_000)
    assert (partly.output, partly.reasoning) == (120_000, 120_000)
    assert (all_of_it.output, all_of_it.reasoning) == (0, 300_000)


def test_discount_margin_and_service_tier_are_one_exact_fraction() -> None:
    """1 USD x 0.9 x 1.2 x 0.5 is 0.54 USD, and a fee takes part."""
    price = "{from: 2024-01-01, input: 1, output: 1, fee: 1, discount: 0.1, service_tiers: {Batch: 0.5}}"
    cost_ = tiny(price, "margin: 0.2").price(Call("m", JANUARY, 1_000_000, 0, service_tier=" BATCH ")).cost
    assert cost_ is not None
    assert (cost_.total, cost_.input, cost_.fee) == (1_080_000_000, 540_000_000, 540_000_000)


def test_half_a_nano_goes_up_once() -> None:
    """Parts of 0.5 nano each become 1 nano each, their sum of 1 nano stays 1."""
    cost_ = tiny("{from: 2024-01-01, input: 0.0005, output: 0.0005}").price(Call("m", JANUARY, 1, 1)).cost
    assert cost_ is not None
    assert (cost_.total, cost_.input, cost_.output) == (1, 1, 1)
    assert [half_up(n, 2) for n in (0, 1, 2, 3)] == [0, 1, 1, 2]


FLAT, SPLIT = "{from: 2024-01-01, input: 2, output: 2}", "{from: 2024-01-01, input: 1, output: 2}"
FEE = "{from: 2024-01-01, input: 1, output: 1, fee: 0.001}"


@pytest.mark.parametrize(
    ("price", "call", "expected"),
    [
        (FLAT, Call(None, JANUARY, 1, 1), "no_model"),
        (FLAT, Call("", JANUARY, 1, 1), "no_model"),
        (FLAT, Call("m", JANUARY, -1, 1), "invalid_tokens"),
        (FLAT, Call("unknown", JANUARY, 10**9 + 1, 1), "invalid_tokens"),
        (FLAT, Call("unknown", JANUARY, 1, 1), "unknown_model"),
        (FLAT, Call("m", 0, 1, 1, service_tier="x"), "before_first_price"),
        (FLAT, Call("m", JANUARY, service_tier="x"), "unknown_service_tier"),
        (FLAT, Call("m", JANUARY), "no_usage"),
        (FLAT, Call("m", JANUARY, None, 1), "no_input_tokens"),
        (FEE, Call("m", JANUARY, None, 1, total=3), "no_input_tokens"),
        (FLAT, Call("m", JANUARY, 0, 0), "no_usage"),
        (FLAT, Call("m", JANUARY, total=0), "no_usage"),
        (SPLIT, Call("m", JANUARY, total=10), "only_total_tokens"),
        (TIERED, Call("m", JANUARY, total=10), "only_total_tokens"),
        (FLAT, Call("m", JANUARY, 10, 1, cache_read=6, cache_write=5), "cached_exceeds_input"),
        (FLAT, Call("m", JANUARY, 10, 0, failed=True), "not_billed"),
        (FLAT, Call(None, JANUARY, -1, failed=True), "not_billed"),
        (FLAT, Call("m", JANUARY, 10, 1, failed=True), 22_000),
        (FLAT, Call("m", JANUARY, total=10), 20_000),
        (FLAT, Call("m", JANUARY, 10, service_tier="Auto"), 20_000),
        (FLAT, Call("m", JANUARY, 10**9, 10**9), 4 * 10**12),
        (FEE, Call("m", JANUARY, 0, 0), 1_000_000),
        (FEE, Call("m", JANUARY), "no_usage"),
    ],
)
def test_status_and_reason(price: str, call: Call, expected: str | int) -> None:
    """Each call that can't be priced has one reason, the first that applies, and no cost."""
    outcome = tiny(price).price(call)
    assert (
        outcome.cost.total if outcome.status == "priced" and outcome.cost else outcome.reason or outcome.status
    ) == expected


def test_per_1k_tokens(pricer: Pricer) -> None:
    """gpt-4.1's headline rate is 0.008 USD for 1,000 tokens."""
    outcome = pricer.price(Call("gpt-4.1", JANUARY, 150, 320))
    assert outcome.cost is not None
    assert outcome.cost.per_1k_tokens == 8_000_000


def test_unknown_models_stay_unpriced(default: cards.Card) -> None:
    """Names of the documents that mean another model are not priced as one of ours."""
    matcher = Matcher(price_part(default))
    assert [matcher.match(name) for name in ("gpt-4.1-mini", "gpt-4o", "gpt-4", "GPT-4", "gemini-2.5-flash-lite")] == [
        None
    ] * 5
