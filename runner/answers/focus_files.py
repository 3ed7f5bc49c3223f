"""FOCUS rows as CSV and as Parquet; a file is there whole or not at all."""

from __future__ import annotations

import csv
import tempfile
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.answers.focus import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, "str | None"]
AMOUNTS: Final = frozenset(
    {"BilledCost", "ContractedCost", "EffectiveCost", "ListCost", "ConsumedQuantity", "PricingQuantity"}
)
TIMES: Final = frozenset({"BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"})
#: Rows that are kept in memory before they are written.
BATCH: Final = 10_000


def write_csv(rows: Iterator[Row], path: Path) -> int:
    """Write CSV, and say how many rows. Null is an empty field, as FOCUS has it for text formats."""
    count = 0
    with _replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def write_parquet(rows: Iterator[Row], path: Path) -> int:
    """Write Parquet, and say how many rows: amounts as decimals with nine places, times as UTC timestamps.

    UserError when pyarrow is not installed.
    """
    arrow, parquet = _pyarrow()
    schema = arrow.schema([(name, _type(arrow, name)) for name in COLUMNS])
    count = 0
    with _replacing(path) as temporary, parquet.ParquetWriter(temporary, schema, compression="zstd") as writer:
        while batch := list(islice(rows, BATCH)):
            columns = [arrow.array([_value(name, row[name]) for row in batch], _type(arrow, name)) for name in COLUMNS]
            writer.write_table(arrow.Table.from_arrays(columns, schema=schema))
            count += len(batch)
    return count


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as arrow  # noqa: PLC0415, ICN001  # an extra
        from pyarrow import parquet  # noqa: PLC0415  # the same
    except ImportError:
        hint = "pip install 'holysheep-elk[focus]', or write CSV"
        raise UserError("Parquet needs the package pyarrow", where="export", hint=hint) from None
    return arrow, parquet


def _type(arrow: Any, name: str) -> Any:  # noqa: ANN401  # pyarrow has no types of its own
    if name in AMOUNTS:
        return arrow.decimal128(38, 9)
    return arrow.timestamp("us", tz="UTC") if name in TIMES else arrow.string()


def _value(name: str, text: str | None) -> object:
    if text is None:
        return None
    if name in AMOUNTS:
        return Decimal(text)
    return datetime.fromisoformat(text) if name in TIMES else text


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place at the end; gone when something fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        temporary = Path(folder) / path.name
        yield temporary
        temporary.replace(path)
