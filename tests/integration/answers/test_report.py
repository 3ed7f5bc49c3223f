"""The usage report over the hand-made calls: every figure was worked out by hand (see documents.py)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from runner.answers import periods, report, report_sheets, sheets
from tests.integration.answers.documents import NOW, card

if TYPE_CHECKING:
    from runner.answers.reader import Selection
    from runner.answers.report import Report

pytestmark = pytest.mark.integration


def read(calls: Selection, text: str, by: str = "model", top: int = 20) -> Report:
    """The report of a period, seen from NOW."""
    question = report.Question(periods.parse(text, "Asia/Seoul", NOW), by, top, NOW)
    return report.read(calls.client, card(), question)


@pytest.fixture
def day(calls: Selection) -> dict[str, Any]:
    """Yesterday in Seoul, as JSON."""
    return report.as_json(read(calls, "yesterday"))


def test_the_day_is_that_of_the_zone(day: dict[str, Any]) -> None:
    """Midnight to midnight in Seoul, compared with the day before."""
    assert (day["period"], day["zone"]) == ("2026-03-10", "Asia/Seoul")
    assert (day["from"], day["to"]) == ("2026-03-09T15:00:00+00:00", "2026-03-10T15:00:00+00:00")
    assert day["compared_from"] == "2026-03-08T15:00:00+00:00"


def test_the_bill_by_model(day: dict[str, Any]) -> None:
    """120 + 30 million for Claude, 20 + 12.4 for GPT-4.1, 6.9 for DeepSeek; what has no price comes last."""
    rows = [(row["name"], row["calls"], row["cost_nano"], row["failures"], row["unpriced"]) for row in day["rows"]]
    assert rows == [
        ("claude-sonnet-4.5", 2, 150_000_000, 1, 0),
        ("gpt-4.1", 3, 32_400_000, 1, 0),
        ("deepseek-v3.2", 1, 6_900_000, 0, 0),
        ("mystery (no price)", 1, 0, 0, 1),
    ]
    assert (day["total"]["calls"], day["total"]["cost_nano"], day["total"]["cost_usd"]) == (7, 189_300_000, "0.1893")
    gpt = day["rows"][1]
    tokens = (gpt["input_tokens"], gpt["output_tokens"], gpt["cache_read_tokens"], gpt["input_per_output"])
    assert tokens == (3000, 600, 1000, 5)


def test_shares_rates_and_latencies(day: dict[str, Any]) -> None:
    """Two of seven calls failed; latencies are of answered calls: 400 and 1,600 ms of GPT-4.1, 6,000 of Claude."""
    claude, gpt, deepseek, mystery = day["rows"]
    assert claude["share"] == pytest.approx(150 / 189.3)
    assert (claude["error_rate"], gpt["error_rate"], mystery["error_rate"]) == (1 / 2, 1 / 3, 0)
    assert day["total"]["error_rate"] == pytest.approx(2 / 7)
    assert (claude["p50_ms"], claude["p95_ms"], gpt["p50_ms"], deepseek["p50_ms"]) == (6000, 6000, 1000, 800)


def test_the_change_against_the_day_before(day: dict[str, Any]) -> None:
    """45 million for Claude and 32 for GPT-4.1 the day before: 105/45 and 0.4/32 more; DeepSeek is new."""
    claude, gpt, deepseek, _ = day["rows"]
    assert claude["change"] == pytest.approx(105 / 45)
    assert gpt["change"] == pytest.approx(0.4 / 32)
    assert deepseek["change"] is None
    assert day["total"]["change"] == pytest.approx((189.3 - 77) / 77)


def test_waste_savings_and_forecast(day: dict[str, Any]) -> None:
    """30 million for a failed call, 12.4 after a retry; 1,000 cached tokens at 6,000 nano-USD less.

    The month: 1,326.3 million so far, 286.3 in the last seven days, 20.5 days left: 1,326.3 + 286.3 * 20.5 / 7.
    """
    assert (day["total"]["failed_cost_nano"], day["total"]["retried_cost_nano"]) == (30_000_000, 12_400_000)
    assert day["waste_nano"] == 42_400_000
    assert day["cache_savings"] == {"nano": 6_000_000, "read_tokens": 1000, "unknown": 0}
    assert day["forecast"] == {
        "month": "2026-03",
        "spent_nano": 1_326_300_000,
        "end_nano": 2_164_750_000,
        "budget_nano": 2_000_000_000_000,
    }


def test_errors_and_the_dearest_calls(day: dict[str, Any]) -> None:
    """One of each error; the calls by cost, without those that cost nothing."""
    assert {(error["type"], error["calls"], error["message"], error["model"]) for error in day["errors"]} == {
        ("rate_limit_exceeded", 1, "Rate limit reached", "gpt-4.1"),
        ("timeout", 1, "timed out", "claude-sonnet-4.5"),
    }
    costs = [call["holysheep.cost.total_nano"] for call in day["dearest_calls"]]
    assert costs == [120_000_000, 30_000_000, 20_000_000, 12_400_000, 6_900_000]
    assert day["dearest_calls"][0]["@timestamp"] == "2026-03-10T03:00:00.000Z"


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("family", {"Anthropic": 150_000_000, "OpenAI": 32_400_000, "DeepSeek": 6_900_000, "Other": 0}),
        ("team", {"research": 150_000_000, "search": 32_400_000, "(none)": 6_900_000}),
        ("user", {"u2": 150_000_000, "u1": 32_400_000, "u3": 6_900_000}),
        ("service", {"lab": 150_000_000, "shop": 32_400_000, "(none)": 6_900_000}),
        ("session", {"(none)": 156_900_000, "s1": 32_400_000}),
        ("agent", {"kyc": 150_000_000, "(none)": 39_300_000}),
        ("key", {"(none)": 189_300_000}),
    ],
)
def test_by_what_it_is_split(calls: Selection, by: str, rows: dict[str, int]) -> None:
    """The same money by another name, the dearest first."""
    found = report.as_json(read(calls, "2026-03-10", by))
    assert {row["name"]: row["cost_nano"] for row in found["rows"]} == rows
    assert list(rows) == [row["name"] for row in found["rows"]]


def test_the_rest_is_one_row(calls: Selection) -> None:
    """The dearest of three teams, and two others; nothing is lost between them."""
    found = report.as_json(read(calls, "2026-03-10", "team", top=1))
    assert [row["name"] for row in found["rows"]] == ["research"]
    others = found["others"]
    assert (others["name"], others["calls"], others["cost_nano"]) == ("2 others", 5, 39_300_000)
    assert others["before"]["cost_nano"] == 32_000_000
    assert found["groups"] == 3


@pytest.mark.parametrize(
    ("text", "calls_", "nano"),
    [
        ("2026-03-09", 2, 77_000_000),
        ("2026-W11", 10, 286_300_000),
        ("2026-03", 11, 1_326_300_000),
        ("2026-03-09..2026-03-10", 9, 266_300_000),
        ("2026-02", 0, 0),
        ("today", 1, 20_000_000),
    ],
)
def test_other_periods(calls: Selection, text: str, calls_: int, nano: int) -> None:
    """Days, weeks, months and ranges hold the calls of their local days."""
    found = report.as_json(read(calls, text))
    assert (found["total"]["calls"], found["total"]["cost_nano"]) == (calls_, nano)


def test_as_text_csv_markdown_and_page(calls: Selection) -> None:
    """Each form has the same figures; what came from a log stays text."""
    found = read(calls, "2026-03-10")
    tables = report_sheets.sheets(found)
    text = sheets.plain(report_sheets.title(found), tables)
    first = next(line for line in text.splitlines() if line.startswith("claude-sonnet-4.5"))
    assert first.split() == [
        "claude-sonnet-4.5", "2", "4.0k", "0", "1.2k", "$0.15", "79.2", "%", "+233.3", "%", "50.0", "%", "6.00", "s",
        "6.00", "s", "3.33",
    ]  # fmt: skip
    assert "| gpt-4.1 | 3 | 3.0k | 1.0k | 600 | $0.0324 | 17.1 % | +1.2 % | 33.3 % | 1.00 s |" in sheets.markdown(
        "t", tables
    )
    page = sheets.html("t", tables)
    assert '<td>deepseek-v3.2</td><td class="n">1</td>' in page
    assert "exactly 0.1893 USD" in page
    rows = list(csv.DictReader(io.StringIO(report_sheets.csv(found))))
    assert sum(int(row["cost_nano"]) for row in rows) == 189_300_000
    assert rows[1]["model"] == "gpt-4.1"


def test_an_empty_report_says_so(calls: Selection) -> None:
    """Before the first call there is a report without rows."""
    question = report.Question(periods.parse("2020-01", "UTC", NOW), "model", 5, NOW)
    nothing = report.read(calls.client, card().model_copy(update={"index_prefix": "nobody"}), question)
    assert report.as_json(nothing)["total"]["calls"] == 0
    text = sheets.plain("t", report_sheets.sheets(nothing))
    assert "No call failed." in text
    assert "No call cost money." in text


def test_groups_beyond_a_page(calls: Selection) -> None:
    """`top` of more groups than there are leaves no rest."""
    found = read(replace(calls), "2026-03", "user", 500)
    assert found.usage.rest is None
    assert [row.name for row in found.usage.rows] == ["u1", "u2", "(none)", "u3"]
