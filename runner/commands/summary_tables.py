"""The summary of Elasticsearch as tables, for `up` and `status`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from generator.registry.fields import YEARLY
from runner.answers.sheets import Sheet

if TYPE_CHECKING:
    from runner.cluster.summary import Summary


def sheets(summary: Summary) -> list[Sheet]:
    """The summary as tables for people. All indices of a kind are one row."""
    return [_indices(summary), _models(summary), _rejected(summary)]


def dollars(nano: int) -> str:
    """An exact amount in USD with at least six decimal places: 0.000420, 12.345678901. `nano` is in 10⁻⁹ USD."""
    whole = f"{Decimal(nano) / 10**9:,.9f}"
    return whole[:-3] + whole[-3:].rstrip("0")


def _indices(summary: Summary) -> Sheet:
    kinds: dict[str, list[int]] = {}
    for name, count in summary.indices.items():
        kinds.setdefault(name[:-11], []).append(count)
    rows = []
    for kind, counts in kinds.items():
        yearly = kind.rpartition("-")[2] in YEARLY
        name = kind + ("-YYYY.01.01" if yearly else "-YYYY.MM.dd")
        rows.append((name, f"{len(counts):,}", f"{sum(counts):,}"))
    rows.append(("all", "", f"{sum(summary.indices.values()):,}"))
    return Sheet("Where the lines are", ("index", "indices", "documents"), rows)


def _models(summary: Summary) -> Sheet:
    rows = [
        (row.model, row.status, f"{row.calls:,}", "" if row.status == "unpriced" else dollars(row.nano))
        for row in summary.models
    ]
    total = sum(row.nano for row in summary.models)
    rows.append(("all", "", f"{sum(row.calls for row in summary.models):,}", dollars(total)))
    return Sheet("What the calls cost", ("model of the card", "status", "calls", "USD"), rows, names=2)


def _rejected(summary: Summary) -> Sheet:
    by_number = sorted(summary.rejected.items(), key=lambda item: (-item[1], item[0]))
    rows = [(reason, f"{count:,}") for reason, count in by_number] or [("none", "0")]
    return Sheet("Rejected lines", ("reason", "lines"), rows)
