"""What the hand-made calls would have cost elsewhere, worked out by hand; and the claims of the documents.

As deepseek-v3.2 (420 and 2,700 nano-USD a token, no rate for cached input) the calls of 2026-03-10 cost, in millions:
6.9 its own; GPT-4.1's 0.42 + 1.35 = 1.77 and 0.84 + 0.27 = 1.11; Claude's 1.26 + 2.7 = 3.96 and 0.42 + 0.54 = 0.96.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from generator import card as cards
from generator.card.rules import price_part
from runner.answers import periods, simulate_sheets
from runner.answers.simulate import Plan, simulate
from tests.integration.answers.conftest import fill
from tests.integration.answers.documents import CLAUDE, GEMINI, GPT, NOW, SUCCESS, Json, actions, card, usage
from tests.integration.answers.more import documents

if TYPE_CHECKING:
    from runner.answers.reader import Selection

pytestmark = [pytest.mark.integration, pytest.mark.newest]
DAY = periods.parse("2026-03-10", "Asia/Seoul", NOW)
RULES = price_part(card())
MOVED = Plan(RULES, "deepseek-v3.2")


def run(calls: Selection, plan: Plan, text: str = "2026-03-10") -> dict[str, Any]:
    """The simulation of a day, as JSON."""
    day = periods.parse(text, "Asia/Seoul", NOW)
    return simulate_sheets.as_json(simulate(calls.during(periods.whole(day)), plan), day, "pricing.yaml")


def then(found: dict[str, Any]) -> dict[str, int]:
    """What each model's calls would cost."""
    return {line["model"]: line["then_nano"] for line in found["lines"]}


def test_all_calls_to_another_model(calls: Selection) -> None:
    """189.3 million now, 14.7 then; what is not billed or has no price is told, and in no sum."""
    found = run(calls, MOVED)
    assert then(found) == {
        "claude-sonnet-4.5": 4_920_000,
        "gpt-4.1": 2_880_000,
        "deepseek-v3.2": 6_900_000,
        "mystery (no price)": 0,
    }
    whole = found["total"]
    assert (whole["now_nano"], whole["then_nano"], whole["saved_nano"]) == (189_300_000, 14_700_000, 174_600_000)
    assert whole["saved_part"] == pytest.approx(174.6 / 189.3)
    assert whole["calls"] == {"moved": 5, "not_billed": 1, "no_price_now": 1}
    # 100 * 420 + 10 * 2,700
    assert whole["unpriced_then"] == 69_000
    assert "1 calls have no price now and are not compared." in found["assumptions"]


@pytest.mark.parametrize(
    ("change", "nano"),
    [
        # 189.3 - 0.3 * 174.6
        ({"share": Fraction(3, 10)}, 136_920_000),
        ({"share": Fraction(0)}, 189_300_000),
        # 189.3 - 174.6 / 3 = 131.1
        ({"share": Fraction(1, 3)}, 131_100_000),
        # 150 stay, 2.88 + 6.9
        ({"keep_families": frozenset({"Anthropic"})}, 159_780_000),
        ({"only": frozenset({"gpt-4.1"})}, 159_780_000),
        # Prompts of 1,000 tokens move: 1.77 + 12.4, 120 + 0.96, 6.9
        ({"max_input": 1999}, 142_030_000),
        ({"max_input": 2000}, 130_740_000),
    ],
)
def test_a_part_of_the_calls(calls: Selection, change: dict[str, Any], nano: int) -> None:
    """What stays keeps its cost."""
    assert run(calls, replace(MOVED, **change))["total"]["then_nano"] == nano


@pytest.mark.parametrize(
    ("window", "change", "nano", "too_long"),
    [
        # GPT-4.1's 2,000 + 100 tokens fit, Claude's 3,000 + 1,000 don't: 2.88, 120 + 0.96; DeepSeek's own 11,000 did.
        (2100, {}, 130_740_000, 1),
        # 1.77 + 12.4, 120 + 0.96, 6.9
        (2099, {}, 142_030_000, 2),
        # Nothing moves but DeepSeek's own call. The call without a price is not counted.
        (100, {}, 189_300_000, 4),
        # Claude's call stays for another reason: 189.3 - (20 - 1.77)
        (2099, {"only": frozenset({"gpt-4.1"})}, 171_070_000, 1),
        # Half of it moves: 189.3 - (20 - 1.77 + 30 - 0.96) / 2
        (2099, {"share": Fraction(1, 2)}, 165_665_000, 2),
        # A limit by hand is the only one: as in test_a_part_of_the_calls.
        (100, {"max_input": 2000}, 130_740_000, 0),
    ],
)
def test_what_the_targets_context_does_not_hold_stays(
    calls: Selection, window: int, change: dict[str, Any], nano: int, too_long: int
) -> None:
    """By prompt and answer together; counted in JSON and below the table."""
    found = run(calls, replace(MOVED, window=window, **change))
    assert (found["total"]["then_nano"], found["total"]["too_long"]) == (nano, too_long)
    stay = (
        f"{too_long} call{'s stay' if too_long > 1 else ' stays'}: more tokens than the {window:,} of deepseek-v3.2's"
    )
    assert any(text.startswith(stay) for text in found["assumptions"]) is bool(too_long)


def test_a_total_alone_is_compared_with_the_context(calls: Selection) -> None:
    """3,000 tokens at 8,000 nano-USD stay where 2,999 fit, and cost 3,000 * 420 where 3,000 do."""
    cost = {"holysheep.cost.status": "priced", "holysheep.cost.total": 0.024, "holysheep.cost.total_nano": 24_000_000}
    call = {**GPT, **SUCCESS, **cost, "holysheep.usage.total_tokens": 3000}
    fill(calls.client, actions(calls=[("2025-01-15T10:00:00.000Z", call)]))
    for window, nano in ((2999, 24_000_000), (3000, 1_260_000)):
        assert run(calls, replace(MOVED, window=window), "2025-01-15")["total"]["then_nano"] == nano


def test_the_own_card_changes_nothing(calls: Selection) -> None:
    """Every call priced anew costs what its document says, cached input included."""
    found = run(calls, Plan(RULES), "2026-03-10")
    assert found["total"]["then_nano"] == found["total"]["now_nano"] == 189_300_000


def test_another_card(calls: Selection) -> None:
    """Claude at 3/15 USD: 3,000 * 3,000 + 1,000 * 15,000 = 24 million, and 3 + 3; the unknown model has a price now."""
    text = "\n".join(
        f"  - {{id: {name}, provider: p, family: f, prices: [{{from: 2024-01-01, input: {input_}, output: {output}}}]}}"
        for name, input_, output in (("claude-sonnet-4.5", 3, 15), ("mystery", 1, 1))
    )
    base = cards.parse(_head() + "models:\n" + text + "\n")
    found = run(calls, Plan(price_part(base)))
    assert then(found)["claude-sonnet-4.5"] == 30_000_000
    assert found["total"]["calls"] == {"moved": 2, "no_price_then": 3, "not_billed": 1, "no_price_now": 1}
    assert found["total"]["then_nano"] == 30_000_000 + 32_400_000 + 6_900_000
    assert found["total"]["unpriced_then"] == 110_000


def _head() -> str:
    text = "index_prefix: x\nbudgets: {request_usd: 1, day_usd: 1, month_usd: 1}\nlatency_classes: [{name: all}]\n"
    kinds = "api, errors, audit, access, system, rejected, deadletter"
    return text + f"retention_days: {{{', '.join(f'{kind}: 1' for kind in kinds.split(', '))}}}\n"


def test_tiers_and_cached_tokens_are_the_targets(calls: Selection) -> None:
    """Above 5,000 tokens 1/5 USD: 10,000 * 1,000 + 1,000 * 5,000; cached input 0.1: 420,000 + 100,000 + 270,000."""
    target = (
        "models:\n  - id: t\n    provider: p\n    family: f\n    prices:\n"
        "      - {from: 2024-01-01, input: 0.42, output: 2.70, cached_input: 0.1,\n"
        "         tiers: [{above: 5000, input: 1, output: 5}]}\n"
    )
    found = run(calls, Plan(price_part(cards.parse(_head() + target)), "t"))
    assert then(found)["deepseek-v3.2"] == 15_000_000
    assert then(found)["gpt-4.1"] == 1_770_000 + 790_000


def test_service_tiers(calls: Selection) -> None:
    """The batch of 1,000 and 500 tokens: at half of Claude's price, at DeepSeek's plain one, which has no batches."""
    fill(calls.client, documents())
    assert then(run(calls, Plan(RULES, "claude-sonnet-4.5"), "2026-02-02"))["gpt-4.1"] == 26_250_000 + 5_250_000
    moved = run(calls, MOVED, "2026-02-02")
    assert then(moved)["gpt-4.1"] == 1_770_000 + 177_000
    assert moved["total"]["plain_tier"] == 1
    assert any("lacks: taken at its plain price" in text for text in moved["assumptions"])


def test_by_the_prices_of_another_day(calls: Selection) -> None:
    """In January 2025 GPT-4.1 cost 8 USD for output too: 3,000 + 600 tokens at 8,000."""
    january = Plan(RULES, prices_at_ms=1_736_899_200_000)
    assert then(run(calls, january))["gpt-4.1"] == 28_800_000
    before = Plan(RULES, prices_at_ms=0)
    assert run(calls, before)["total"]["calls"]["no_price_then"] == 5


def traffic(model: Json, nano_a_token: int, calls_: int) -> list[Json]:
    """Calls of a million tokens each, of the time when input and output cost the same."""
    cost = usage(600_000, 400_000, 500, input=600_000 * nano_a_token, output=400_000 * nano_a_token)
    return actions(calls=[("2025-01-15T10:00:00.000Z", {**model, **SUCCESS, **cost})] * calls_)


@pytest.mark.parametrize(
    ("bought", "usd", "part_"),
    [
        # "about 755 USD a month at 100 M tokens": 100 * (8.00 - 0.42). Against GPT-4.1 that is 94.75 %.
        ((GPT, 8000, 100), 758, 0.9475),
        # "83 %": of 2.50 USD, which the document's own table of plans compares with: (2.50 - 0.42) / 2.50.
        ((GEMINI, 2500, 100), 208, 0.832),
        # "97 % against Claude", 4.20 instead of 150 USD at 10 M tokens: (15 - 0.42) / 15.
        ((CLAUDE, 15_000, 10), 145.8, 0.972),
    ],
    ids=["755-usd", "83-percent", "97-percent"],
)
def test_the_documents_claims(calls: Selection, bought: tuple[Json, int, int], usd: float, part_: float) -> None:
    """What the documents say a move to DeepSeek V3.2 saves, at 0.42 USD per million tokens."""
    fill(calls.client, traffic(*bought))
    found = run(calls, MOVED, "2025-01-15")["total"]
    assert found["saved_nano"] == round(usd * 10**9)
    assert found["saved_part"] == pytest.approx(part_)
