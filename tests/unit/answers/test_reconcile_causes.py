"""Each cause by itself, with figures that were worked out by hand.

gpt-4.1 costs 8,000 nano-USD a token in, 2,000 for cached input and 24,000 out: 1,000 and 100 tokens cost 10,400,000
nano-USD, which is 0.0104 USD.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from runner.answers.reconcile.sheets import notes
from tests.unit.answers.reconciling import causes, compared

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
NANO = 10_400_000


def call(time: str, **other: object) -> Json:
    """A document of ours: 1,000 tokens in and 100 out of gpt-4.1, unless it says otherwise. `__` is a dot."""
    document = {
        "@timestamp": int(datetime.fromisoformat(time).timestamp() * 1000),
        "gen_ai.request.model": "gpt-4.1",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 100,
        "holysheep.cost.status": "priced",
        "holysheep.cost.total_nano": NANO,
    }
    document |= {name.replace("__", "."): value for name, value in other.items()}
    return {name: value for name, value in document.items() if value is not None}


def line(own: str, time: str, spend: float = 0.0104, **other: object) -> Json:
    """A row of LiteLLM's spend logs of the same call."""
    row = {"request_id": own, "startTime": time, "spend": spend, "model": "openai/gpt-4.1-2025-04-14"}
    return row | {"prompt_tokens": 1000, "completion_tokens": 100} | other


def spend_log(folder: Path, *rows: Json) -> Path:
    """A file of rows."""
    path = folder / "spend.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def sums(folder: Path, *rows: str, head: str = "date,model,requests,input_tokens,output_tokens,cost") -> Path:
    """A CSV of sums."""
    path = folder / "usage.csv"
    path.write_text("\n".join((head, *rows)), encoding="utf-8")
    return path


T = "2026-03-10T01:00:00+00:00"
ANSWER = {"gen_ai__response__id": "a"}


@pytest.mark.parametrize(
    ("bill", "log", "expected"),
    [
        # The same call by the answer's id, by our own id, and under a model's name with provider and date.
        ([line("a", T)], [call(T, **ANSWER)], {}),
        ([line("a", T)], [call(T, event__id="a")], {}),
        # No id in common: the same model, day and tokens.
        ([line("a", T)], [call(T, event__id="x")], {}),
        ([line("a", T), line("a", T)], [call(T, **ANSWER)], {"duplicate_lines": (NANO, 1)}),
        # Client and gateway both logged it.
        ([line("a", T)], [call(T, **ANSWER), call(T, event__id="c", **ANSWER)], {"duplicate_calls": (-NANO, 1)}),
        ([line("b", T), line("a", T)], [call(T, **ANSWER)], {"never_seen": (NANO, 1)}),
        ([line("a", T)], [call(T, **ANSWER), call(T, gen_ai__usage__input_tokens=5)], {"only_ours": (-NANO, 1)}),
        # Two attempts of one call, of which we logged the last: 1,000 tokens in and none out at 8 USD.
        (
            [line("a", T), line("b", T, 0.008, completion_tokens=0)],
            [call(T, holysheep__retry_count=1, **ANSWER)],
            {"retries": (8_000_000, 1)},
        ),
        (
            [line("a", T)],
            [call(T, holysheep__cost__status="unpriced", holysheep__cost__total_nano=None, **ANSWER)],
            {"unpriced": (NANO, 1)},
        ),
        (
            [line("a", T)],
            [
                call(
                    T,
                    holysheep__cost__status="unpriced",
                    holysheep__cost__unpriced_reason="no_usage",
                    gen_ai__usage__input_tokens=None,
                    gen_ai__usage__output_tokens=None,
                    holysheep__cost__total_nano=None,
                    **ANSWER,
                )
            ],
            {"missing_usage": (NANO, 1)},
        ),
        (
            [line("a", T)],
            [call(T, holysheep__cost__status="not_billed", holysheep__cost__total_nano=0, **ANSWER)],
            {"failed_calls": (NANO, 1)},
        ),
        # 2,000 tokens in instead of 1,000: 8,000,000 more. 0.0184 USD is what they cost.
        (
            [line("a", T, 0.0184, prompt_tokens=2000)],
            [call(T, **ANSWER)],
            {"other_tokens": (8_000_000, 1)},
        ),
        # Half the price: -5,200,000.
        ([line("a", T, 0.0052)], [call(T, **ANSWER)], {"other_price": (-NANO // 2, 1)}),
        # Four decimals, so half of 0.0001 USD is rounding: 0.0104 for 0.01041.
        ([line("a", T)], [call(T, holysheep__cost__total_nano=10_410_000, **ANSWER)], {"rounding": (-10_000, 1)}),
        (
            [line("a", T, model="claude-sonnet-4.5")],
            [call(T, **ANSWER)],
            {"other_model": (0, 2)},
        ),
    ],
)  # fmt: skip
def test_call_by_call(bill: list[Json], log: list[Json], expected: dict[str, tuple[int, int]], tmp_path: Path) -> None:
    """One cause each, nothing unexplained."""
    comparison, found = compared([spend_log(tmp_path, *bill)], log)
    assert found.by_call
    assert causes(comparison) == expected


def test_a_call_at_midnight(tmp_path: Path) -> None:
    """The bill has it a second after midnight, our log a second before: it moves from one day to the other."""
    path = spend_log(tmp_path, line("a", "2026-03-11T00:00:01Z"))
    comparison, _ = compared([path], [call("2026-03-10T23:59:59+00:00", **ANSWER)], first=date(2026, 3, 10))
    by_day = {
        str(cell.day): {name: cause.nano for name, cause in cell.causes.items()} for cell in comparison.cells.values()
    }
    assert by_day == {"2026-03-10": {"time_zone": -NANO}, "2026-03-11": {"time_zone": NANO}}
    # Of the 11th alone, the call is no gap of ours but of the day.
    comparison, _ = compared([path], [call("2026-03-10T23:59:59+00:00", **ANSWER)])
    assert causes(comparison) == {"time_zone": (NANO, 1)}


@pytest.mark.parametrize(
    ("row", "log", "expected"),
    [
        ("2026-03-10,gpt-4.1,2,2000,200,0.0208", [call(T), call(T)], {}),
        # One call more in the bill.
        ("2026-03-10,gpt-4.1,3,3000,300,0.0312", [call(T), call(T)], {"never_seen": (NANO, 1)}),
        ("2026-03-10,gpt-4.1,1,1000,100,0.0104", [call(T), call(T)], {"only_ours": (-NANO, 1)}),
        # One call more, and one of ours was tried twice.
        ("2026-03-10,gpt-4.1,3,3000,300,0.0312", [call(T), call(T, holysheep__retry_count=1)], {"retries": (NANO, 1)}),
        # The same number of calls, of which one of ours has no tokens.
        (
            "2026-03-10,gpt-4.1,2,2000,200,0.0208",
            [
                call(T),
                call(
                    T,
                    holysheep__cost__status="unpriced",
                    holysheep__cost__unpriced_reason="no_usage",
                    holysheep__cost__total_nano=None,
                    gen_ai__usage__input_tokens=None,
                    gen_ai__usage__output_tokens=None,
                ),
            ],
            {"missing_usage": (NANO, 1)},
        ),
        # Half of the tokens have no price here: half of the bill.
        (
            "2026-03-10,gpt-4.1,2,2000,200,0.0208",
            [call(T), call(T, holysheep__cost__status="unpriced", holysheep__cost__total_nano=None)],
            {"unpriced": (NANO, 1)},
        ),
        (
            "2026-03-10,gpt-4.1,1,1000,100,0.0104",
            [call(T, **ANSWER), call(T, **ANSWER)],
            {"duplicate_calls": (-NANO, 1)},
        ),
        # The same calls, 1,000 tokens in more: 8,000,000.
        ("2026-03-10,gpt-4.1,2,3000,200,0.0288", [call(T), call(T)], {"other_tokens": (8_000_000, 0)}),
        ("2026-03-10,gpt-4.1,2,2000,200,0.0104", [call(T), call(T)], {"other_price": (-NANO, 2)}),
        # To the cent: 0.02 for 0.0208.
        ("2026-03-10,gpt-4.1,2,2000,200,0.02", [call(T), call(T)], {"rounding": (-800_000, 0)}),
        # A model that we have never logged, on a line of its own.
        ("2026-03-10,brand-new,5,10,10,1.5", [], {"never_seen": (1_500_000_000, 5)}),
    ],
)  # fmt: skip
def test_sums(row: str, log: list[Json], expected: dict[str, tuple[int, int]], tmp_path: Path) -> None:
    """The same causes out of one line for a day and a model."""
    comparison, found = compared([sums(tmp_path, row)], log)
    assert not found.by_call
    assert causes(comparison) == expected


def test_days_of_another_zone(tmp_path: Path) -> None:
    """20:00 UTC is the next day in Seoul: the bill's 10th has the call, ours the 11th."""
    rows = ("2026-03-10,gpt-4.1,1,1000,100,0.0104", "2026-03-11,gpt-4.1,1,1000,100,0.0104")
    log = [call("2026-03-10T20:00:00+00:00"), call("2026-03-11T01:00:00+00:00")]
    comparison, bill = compared([sums(tmp_path, *rows)], log, zone="Asia/Seoul")
    gaps = {str(cell.day): cell.gap for cell in comparison.cells.values()}
    assert gaps == {"2026-03-10": NANO, "2026-03-11": -NANO}
    assert causes(comparison) == {"time_zone": (0, 2)}
    (note, *_) = notes(comparison, bill)
    assert "days are taken as those of UTC" in note
    assert "those of Asia/Seoul" in note


def test_money_alone_stays_unexplained(tmp_path: Path) -> None:
    """Without tokens nothing tells a price from a call: 0.05 against 0.0208 USD."""
    path = sums(tmp_path, "2026-03-10,gpt-4.1,0.05", head="date,model,cost")
    comparison, _ = compared([path], [call(T), call(T)])
    assert causes(comparison) == {"unexplained": (29_200_000, 0)}


def test_both_prices_are_named(tmp_path: Path) -> None:
    """Two calls of different shape tell the rates of input and output: 2 and 8 USD against 8 and 24."""
    # 1,000 * 2 + 100 * 8 = 2,800 and 100 * 2 + 100 * 8 = 1,000 millionths of a USD; ours 100 * 8 + 100 * 24 = 3,200.
    path = spend_log(tmp_path, line("a", T, 0.0028), line("b", T, 0.001, prompt_tokens=100))
    second = call(T, gen_ai__response__id="b", gen_ai__usage__input_tokens=100, holysheep__cost__total_nano=3_200_000)
    comparison, _ = compared([path], [call(T, **ANSWER), second])
    assert causes(comparison) == {"other_price": (2_800_000 + 1_000_000 - NANO - 3_200_000, 2)}
    text = "2.00 in and 8.00 out in the bill, 8.00 in and 24.00 out here (USD per million tokens)"
    assert comparison.rates["gpt-4.1"].text() == text
    # One alone tells the mean: 2,800 / 1,100 and 10,400 / 1,100.
    path = spend_log(tmp_path, line("a", T, 0.0028))
    comparison, _ = compared([path], [call(T, **ANSWER)])
    text = "2.5455 in the bill, 9.4545 here (USD per million tokens)"
    assert comparison.rates["gpt-4.1"].text() == text


def test_cached_tokens_weigh_what_the_card_says(tmp_path: Path) -> None:
    """1,000 in of which 400 cached, 100 out: 600 * 8,000 + 400 * 2,000 + 100 * 24,000 = 8,000,000; the bill has two."""
    head = "date,model,requests,input_tokens,cached_tokens,output_tokens,cost"
    path = sums(tmp_path, "2026-03-10,gpt-4.1,2,2000,800,200,0.016", head=head)
    log = [call(T, gen_ai__usage__cache_read__input_tokens=400, holysheep__cost__total_nano=8_000_000)]
    assert causes(compared([path], log)[0]) == {"never_seen": (8_000_000, 1)}


def test_chosen_days_alone(tmp_path: Path) -> None:
    """Lines and calls of other days are not compared."""
    rows = [f"2026-03-{day},gpt-4.1,1,1000,100,0.0104" for day in ("09", "10", "11")]
    log = [call("2026-03-10T12:00:00+00:00"), call("2026-03-12T12:00:00+00:00")]
    day = date(2026, 3, 10)
    comparison, _ = compared([sums(tmp_path, *rows)], log, first=day, last=day)
    assert [
        (cell.bill_nano, cell.our_nano) for cell in comparison.cells.values() if cell.bill_atto or cell.our_nano
    ] == [(NANO, NANO)]
    assert causes(comparison) == {}
