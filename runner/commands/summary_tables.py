"""The summary of Elasticsearch as tables, for `up` and `status`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from generator.registry.fields import YEARLY

if TYPE_CHECKING:
    from runner.cluster.summary import Summary


def tables(summary: Summary) -> Group:
    """The summary as tables for people. All indices of a kind are one row."""
    return Group(_indices(summary), _models(summary), _rejected(summary))


def dollars(nano: int) -> str:
    """An exact amount in USD with at least six decimal places: 0.000420, 12.345678901. `nano` is in 10⁻⁹ USD."""
    whole = f"{Decimal(nano) / 10**9:,.9f}"
    return whole[:-3] + whole[-3:].rstrip("0")


def _indices(summary: Summary) -> Table:
    table = Table("index", "indices", "documents", title="Where the lines are", title_justify="left")
    table.columns[1].justify = table.columns[2].justify = "right"
    kinds: dict[str, list[int]] = {}
    for name, count in summary.indices.items():
        kinds.setdefault(name[:-11], []).append(count)
    for kind, counts in kinds.items():
        yearly = kind.rpartition("-")[2] in YEARLY
        name = escape(kind) + ("-YYYY.01.01" if yearly else "-YYYY.MM.dd")
        table.add_row(name, str(len(counts)), f"{sum(counts):,}")
    table.add_section()
    table.add_row("all", "", f"{sum(summary.indices.values()):,}")
    return table


def _models(summary: Summary) -> Table:
    table = Table("model of the card", "status", "calls", "USD", title="What the calls cost", title_justify="left")
    table.columns[2].justify = table.columns[3].justify = "right"
    for row in summary.models:
        cost = "" if row.status == "unpriced" else dollars(row.nano)
        table.add_row(escape(row.model), escape(row.status), f"{row.calls:,}", cost)
    table.add_section()
    total = sum(row.nano for row in summary.models)
    table.add_row("all", "", f"{sum(row.calls for row in summary.models):,}", dollars(total))
    return table


def _rejected(summary: Summary) -> Table:
    table = Table("reason", "lines", title="Rejected lines", title_justify="left")
    table.columns[1].justify = "right"
    for reason, count in sorted(summary.rejected.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(escape(reason), f"{count:,}")
    if not summary.rejected:
        table.add_row("none", "0")
    return table
