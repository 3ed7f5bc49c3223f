"""Calls as rows of FOCUS: nothing is lost between the meters, and the official validator accepts the files."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.errors import UserError
from runner.answers import focus, focus_files, focus_meters, periods
from runner.answers.focus import Account, Key, Sum
from tests import focusvalidator
from tests.integration.answers.documents import CALLS, NOW
from tests.integration.answers.more import MORE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = periods.parse("2026-03-10", "Asia/Seoul", NOW)
ACCOUNT = Account("acme", "HolySheep AI")
#: A call with every meter but the total of tokens, and one of which no more is known. Names are ASCII: the validator
#: refuses other letters, the specification does not.
ODD: list[dict[str, Any]] = [
    {
        "holysheep.cost.total_nano": 5_001, "holysheep.cost.output": 8e-7, "holysheep.cost.reasoning": 2e-7,
        "holysheep.cost.cached_input": 5e-7,
        "holysheep.cost.cache_write": 5e-7, "holysheep.cost.fee": 1e-6, "holysheep.price.model": 'a model, "x"',
        "gen_ai.usage.input_tokens": 30, "gen_ai.usage.output_tokens": 5, "labels.team": "=1+1",
        "gen_ai.usage.cache_read.input_tokens": 10, "gen_ai.usage.cache_creation.input_tokens": 10,
    },
    {"holysheep.cost.total_nano": 700, "holysheep.usage.total_tokens": 70, "holysheep.price.model": "m"},
    {
        "holysheep.cost.total_nano": 1_005_556, "holysheep.cost.units": 0.001005556, "holysheep.cost.input": 0.0,
        "holysheep.usage.units.audio_seconds": "90.5", "holysheep.price.model": "w",
    },
    {
        "holysheep.cost.total_nano": 20_002_500, "holysheep.cost.tools": 0.02, "holysheep.cost.minimum": 1.5e-6,
        "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 0, "holysheep.price.model": "t",
    },
    {
        "holysheep.cost.total_nano": 111_111, "holysheep.cost.units": 0.000111111,
        "holysheep.usage.units.audio_seconds": "0",
    },
]  # fmt: skip


def rows() -> Iterator[dict[str, str | None]]:
    """Every priced call that there is by hand, as if all were of one day."""
    sums: dict[Key, Sum] = {}
    for document in [*(document for _, document in [*CALLS, *MORE]), *ODD]:
        if document.get("holysheep.cost.status", "priced") == "priced":
            focus.add(sums, document)
    return focus.rows_of(DAY, sums, ACCOUNT)


def test_meters_of_a_call() -> None:
    """5,001 nano-USD: 1,000 for output with reasoning, 2 x 500 for the cache, 1,000 a request, the rest is input."""
    assert focus_meters.meters(ODD[0]) == {
        "Input Tokens": (10, 2001),
        "Cached Input Tokens": (10, 500),
        "Cache Write Tokens": (10, 500),
        "Output Tokens": (5, 1000),
        "Request Fee": (1, 1000),
    }
    assert focus_meters.meters(ODD[1]) == {"Total Tokens": (70, 700)}


def test_what_is_not_billed_by_the_token() -> None:
    """Seconds, also when the least of them is billed for none; two tool calls at 0.01 and 1,000 for 10 tokens."""
    assert focus_meters.meters(ODD[2]) == {"Audio Seconds": (Decimal("90.5"), 1_005_556)}
    assert focus_meters.meters(ODD[3]) == {
        "Input Tokens": (10, 1000),
        "Tool Calls": (1, 20_000_000),
        "Minimum Charge": (1, 1500),
    }
    assert focus_meters.meters(ODD[4]) == {"Request Fee": (1, 111_111)}
    quantities = [row["PricingQuantity"] for row in rows() if row["SkuMeter"] == "Audio Seconds"]
    assert quantities == ["90.5"]


@given(
    counts=st.tuples(*[st.integers(0, 10**9)] * 4),
    parts=st.tuples(*[st.integers(0, 10**14)] * 5),
    rounding=st.integers(-2, 2),
)
@example(counts=(0, 5, 0, 0), parts=(0, 10, 0, 0, 0), rounding=2)
@example(counts=(5, 0, 0, 0), parts=(0, 0, 0, 0, 9), rounding=-2)
def test_nothing_is_lost_between_the_meters(counts: tuple[int, ...], parts: tuple[int, ...], rounding: int) -> None:
    """Whatever the parts were rounded to, the rows add up to the total, and no meter without tokens costs money."""
    plain, output, read, written = counts
    own = [cost if count else 0 for cost, count in zip(parts[:4], counts, strict=True)]
    total = max(0, sum(own) + parts[4] + rounding)
    if not (plain + output + read + written) and not parts[4]:
        return
    document = {
        "holysheep.cost.total_nano": total,
        "gen_ai.usage.input_tokens": plain + read + written,
        "gen_ai.usage.output_tokens": output,
        "gen_ai.usage.cache_read.input_tokens": read,
        "gen_ai.usage.cache_creation.input_tokens": written,
        "holysheep.cost.output": own[1] / 1e9,
        "holysheep.cost.cached_input": own[2] / 1e9,
        "holysheep.cost.cache_write": own[3] / 1e9,
        "holysheep.cost.fee": parts[4] / 1e9,
    }
    found = focus_meters.meters(document)
    assert sum(nano for _, nano in found.values()) == total
    assert sum(quantity for name, (quantity, _) in found.items() if name != "Request Fee") == sum(counts)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_official_validator_accepts_it(tmp_path: Path, kind: str) -> None:
    """No rule of FOCUS 1.2 fails but one half of an either-or: there is no invoice, so its id is null."""
    file = tmp_path / f"focus.{kind}"
    write = focus_files.write_csv if kind == "csv" else focus_files.write_parquet
    assert write(rows(), file) > 15
    found = focusvalidator.verdicts(file)
    assert {rule for rule, verdict in found.items() if verdict == "FAIL"} == {"InvoiceId-C-005-C"}
    assert found["InvoiceId-C-003-C"] == "PASS"
    assert sum(verdict == "PASS" for verdict in found.values()) > 150


def test_the_validator_would_see_a_mistake(tmp_path: Path) -> None:
    """A negative control: a category that FOCUS does not know, and a missing cost."""
    file = tmp_path / "focus.csv"
    wrong = ({**row, "ChargeCategory": "Tokens", "BilledCost": None} for row in rows())
    focus_files.write_csv(wrong, file)
    failed = {rule for rule, verdict in focusvalidator.verdicts(file).items() if verdict == "FAIL"}
    assert {"ChargeCategory-C-003-M", "BilledCost-C-003-M"} <= failed


def test_csv_and_parquet_say_the_same(tmp_path: Path) -> None:
    """Every cell; amounts as exact decimals."""
    from pyarrow import parquet  # noqa: PLC0415

    focus_files.write_csv(rows(), tmp_path / "a.csv")
    focus_files.write_parquet(rows(), tmp_path / "a.parquet")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file))
    cells = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert len(texts) == len(cells)
    for text, cell in zip(texts, cells, strict=True):
        assert list(text) == list(cell) == list(focus.COLUMNS)
        assert Decimal(text["BilledCost"]) == cell["BilledCost"]
        assert Decimal(text["PricingQuantity"]) == cell["PricingQuantity"]
        assert text["ChargePeriodStart"] == cell["ChargePeriodStart"].strftime("%Y-%m-%dT%H:%M:%SZ")
        assert (text["SkuPriceId"], text["Tags"] or None) == (cell["SkuPriceId"], cell["Tags"])


def test_a_broken_off_export_leaves_no_file(tmp_path: Path) -> None:
    """The old file stays when Elasticsearch goes away in the middle."""
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")

    def some() -> Iterator[dict[str, str | None]]:
        yield next(rows())
        raise UserError("Elasticsearch does not answer")

    with pytest.raises(UserError):
        focus_files.write_csv(some(), tmp_path / "a.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old"


def test_quantities_of_tokens_are_whole_numbers() -> None:
    """More than a double holds: 2**53 + 1."""
    many = dict(ODD[0], **{"gen_ai.usage.input_tokens": 2**53 + 21})
    sums: dict[Key, Sum] = {}
    focus.add(sums, many)
    quantities = {row["SkuMeter"]: row["PricingQuantity"] for row in focus.rows_of(DAY, sums, ACCOUNT)}
    assert quantities["Input Tokens"] == "9007199254740993.0"
    assert quantities["Output Tokens"] == "5.0"
