"""The rows of FOCUS out of a real Elasticsearch, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from runner.answers import focus, periods
from tests.integration.answers.documents import NOW

if TYPE_CHECKING:
    from runner.answers.reader import Selection

pytestmark = pytest.mark.integration


def rows(calls: Selection, text: str) -> list[dict[str, str | None]]:
    """The rows of a period."""
    period = periods.parse(text, "Asia/Seoul", NOW)
    return list(focus.rows(calls.narrowed(focus.PRICED), period, focus.Account("acme", "HolySheep AI")))


def test_a_day(calls: Selection) -> None:
    """Cached reads apart; not the refused call, nor the one without a price; but a failed one that was billed.

    Claude: 45 + 15 million for 4,000 tokens, 75 + 15 for 1,200. GPT-4.1: 8 + 8 for 2,000, 2 for 1,000 cached, 12 + 2.4
    for 600.
    """
    found = [
        (
            row["SkuId"],
            row["SubAccountId"],
            row["x_ServiceName"],
            row["SkuMeter"],
            row["PricingQuantity"],
            row["BilledCost"],
        )
        for row in rows(calls, "2026-03-10")
    ]
    assert found == [
        ("anthropic/claude-sonnet-4.5", "research", "lab", "Input Tokens", "4000.0", "0.06"),
        ("anthropic/claude-sonnet-4.5", "research", "lab", "Output Tokens", "1200.0", "0.09"),
        ("deepseek/deepseek-v3.2", None, None, "Input Tokens", "10000.0", "0.0042"),
        ("deepseek/deepseek-v3.2", None, None, "Output Tokens", "1000.0", "0.0027"),
        ("openai/gpt-4.1", "search", "shop", "Input Tokens", "2000.0", "0.016"),
        ("openai/gpt-4.1", "search", "shop", "Cached Input Tokens", "1000.0", "0.002"),
        ("openai/gpt-4.1", "search", "shop", "Output Tokens", "600.0", "0.0144"),
    ]


def test_times_are_those_of_the_zone(calls: Selection) -> None:
    """The day and the month of Seoul, written in UTC."""
    row = rows(calls, "2026-03-10")[0]
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-03-09T15:00:00Z", "2026-03-10T15:00:00Z")
    assert (row["BillingPeriodStart"], row["BillingPeriodEnd"]) == ("2026-02-28T15:00:00Z", "2026-03-31T15:00:00Z")


def test_a_month_adds_up(calls: Selection) -> None:
    """Every day's rows, and no nano-dollar lost: 1,326.3 million."""
    found = rows(calls, "2026-03")
    assert sum(Decimal(row["BilledCost"] or "x") for row in found) == Decimal("1.3263")
    assert sorted({row["ChargePeriodStart"] for row in found}) == [
        "2026-02-28T15:00:00Z", "2026-03-08T15:00:00Z", "2026-03-09T15:00:00Z", "2026-03-10T15:00:00Z",
    ]  # fmt: skip
