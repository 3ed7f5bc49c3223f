"""Whatever is in a bill and in our logs: the causes of every day and model add up to its gap, to the nano-USD."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.answers.reconciling import compared

if TYPE_CHECKING:
    from runner.answers.reconcile.comparison import Comparison

Json = dict[str, Any]
START: Final = datetime(2026, 3, 9, tzinfo=UTC)
#: Nano-USD a token, in and out; None: not on the card.
RATES: Final = {"gpt-4.1": (8_000, 24_000), "deepseek-v3.2": (420, 2_700), "mystery": None}
ZONES: Final = ("UTC", "Asia/Seoul", "America/New_York")


@dataclass(frozen=True)
class Call:
    """A call as both sides see it: what became of it in our log, and in the bill."""

    minute: int
    model: str
    input: int
    output: int
    retries: int
    here: str  #: once, twice, never, missing_usage or not_billed
    there: str  #: once, twice, never, dearer, more_tokens, later or other_id

    @property
    def at(self) -> datetime:
        """When it was made."""
        return START + timedelta(minutes=self.minute)

    def nano(self, input_: int | None = None) -> int:
        """What it costs, with its own input tokens or others."""
        rates = RATES[self.model] or (1_000, 1_000)
        return (self.input if input_ is None else input_) * rates[0] + self.output * rates[1]


def calls() -> st.SearchStrategy[list[Call]]:
    """Calls of three days, and what became of each."""
    here = st.sampled_from(("once", "once", "once", "twice", "never", "missing_usage", "not_billed"))
    there = st.sampled_from(("once", "once", "once", "twice", "never", "dearer", "more_tokens", "later", "other_id"))
    sizes = st.integers(0, 2_000)
    one = st.builds(
        Call, st.integers(0, 3 * 1440), st.sampled_from(tuple(RATES)), sizes, sizes, st.integers(0, 2), here, there
    )
    return st.lists(one, max_size=12)


def documents(every: list[Call]) -> list[Json]:
    """Our log."""
    found = []
    for number, call in enumerate(every):
        document: Json = {
            "@timestamp": int(call.at.timestamp() * 1000),
            "gen_ai.request.model": call.model,
            "gen_ai.response.id": f"r{number}",
            "event.id": f"e{number}",
            "holysheep.retry_count": call.retries,
            "holysheep.cost.status": "unpriced",
        }
        if call.here == "missing_usage":
            document["holysheep.cost.unpriced_reason"] = "no_usage"
        else:
            document |= {"gen_ai.usage.input_tokens": call.input, "gen_ai.usage.output_tokens": call.output}
        if RATES[call.model] and call.here == "not_billed":
            document |= {"holysheep.cost.status": "not_billed", "holysheep.cost.total_nano": 0}
        elif RATES[call.model] and call.here != "missing_usage":
            document |= {"holysheep.cost.status": "priced", "holysheep.cost.total_nano": call.nano()}
        times = {"never": 0, "twice": 2}.get(call.here, 1)
        found += [document | {"event.id": f"e{number}-{copy}"} for copy in range(times)]
    return found


def lines(every: list[Call]) -> list[Json]:
    """The bill, as LiteLLM's spend logs."""
    found = []
    for number, call in enumerate(every):
        input_ = call.input + (500 if call.there == "more_tokens" else 0)
        nano = call.nano(input_) * (2 if call.there == "dearer" else 1)
        at = call.at + timedelta(hours=9 if call.there == "later" else 0)
        line = {
            "request_id": f"other{number}" if call.there == "other_id" else f"r{number}",
            "startTime": at.isoformat(), "model": call.model, "prompt_tokens": input_,
            "completion_tokens": call.output, "spend": nano,
        }  # fmt: skip
        found += [line] * {"never": 0, "twice": 2}.get(call.there, 1)
    return found


def checked(comparison: Comparison, billed: int, ours: int) -> None:
    """The law, and both sums by another way."""
    for cell in comparison.cells.values():
        assert sum(cause.nano for cause in cell.causes.values()) == cell.gap
        # Tokens are known on both sides, so nothing has to stay unexplained.
        assert "unexplained" not in cell.causes
    assert sum(cell.bill_nano for cell in comparison.cells.values()) == billed
    assert sum(cell.our_nano for cell in comparison.cells.values()) == ours


def usd(nano: int) -> str:
    """An amount as a file has it."""
    return str(Decimal(nano) / 10**9)


def ours_within(found: list[Json], first: date, last: date, zone: str) -> int:
    """The cost of our calls in local days, added up here."""
    days = [datetime.fromtimestamp(one["@timestamp"] / 1000, ZoneInfo(zone)).date() for one in found]
    return sum(
        one.get("holysheep.cost.total_nano", 0) for one, day in zip(found, days, strict=True) if first <= day <= last
    )


@settings(max_examples=150, deadline=None)
@given(calls(), st.sampled_from(ZONES))
def test_call_by_call(every: list[Call], zone: str) -> None:
    """Lines with ids: every line and every call has its cause."""
    bill, log = lines(every), documents(every)
    if not bill:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spend.jsonl"
        path.write_text("\n".join(json.dumps(line | {"spend": usd(line["spend"])}) for line in bill), encoding="utf-8")
        comparison, found = compared([path], log, zone=zone)
    assert found.by_call
    billed = sum(line["spend"] for line in bill)
    checked(comparison, billed, ours_within(log, comparison.first, comparison.last, zone))


@settings(max_examples=150, deadline=None)
@given(calls(), st.sampled_from(ZONES), st.booleans())
def test_sums(every: list[Call], zone: str, counts: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
    """Sums by UTC day and model, with or without the number of calls."""
    log = documents(every)
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for line in lines(every):
        for number, value in enumerate((1, line["prompt_tokens"], line["completion_tokens"], line["spend"])):
            sums[line["startTime"][:10], line["model"]][number] += value
    if not sums:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "usage.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ("date", "model", *(["requests"] if counts else []), "input_tokens", "output_tokens", "cost")
            )
            for (day, model), (number, input_, output, nano) in sums.items():
                writer.writerow((day, model, *([number] if counts else []), input_, output, usd(nano)))
        comparison, found = compared([path], log, zone=zone)
    assert not found.by_call
    billed = sum(figures[3] for figures in sums.values())
    checked(comparison, billed, ours_within(log, comparison.first, comparison.last, zone))


@settings(max_examples=50, deadline=None)
@given(calls(), st.sampled_from(ZONES))
def test_a_bill_of_the_same_calls_has_no_gap(every: list[Call], zone: str) -> None:
    """What both sides have once, at the same price, leaves nothing but the days in other zones, which add up to 0."""
    same = [
        Call(call.minute, call.model, call.input, call.output, 0, "once", "once")
        for call in every
        if RATES[call.model] and call.input + call.output
    ]
    if not same:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spend.jsonl"
        rows = [line | {"spend": usd(line["spend"])} for line in lines(same)]
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        comparison, _ = compared([path], documents(same), zone=zone)
    assert {name for cell in comparison.cells.values() for name in cell.causes} == set()
