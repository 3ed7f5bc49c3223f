"""Summary of the documents in Elasticsearch: counts by index, cost by model, rejected lines by reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

#: More than a card has models, and days a log has.
MANY = 10_000
UNPRICED = "(none)"


@dataclass(frozen=True)
class ModelCost:
    """Calls of a model; `nano` is their cost in 10⁻⁹ USD, summed exactly up to 9 million USD."""

    model: str
    status: str
    calls: int
    nano: int


@dataclass(frozen=True)
class Summary:
    """Documents by index, cost by model, rejected lines by reason, and documents with a field that was ignored."""

    indices: dict[str, int]
    models: list[ModelCost]
    rejected: dict[str, int]
    ignored: int

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def read(es: Elasticsearch, prefix: str) -> Summary:
    """Read the summary. Documents that were indexed within the last second may be missing."""
    status = {"terms": {"field": "holysheep.cost.status", "size": 10}, "aggs": _sum()}
    models = {"terms": {"field": "holysheep.price.model", "size": MANY, "missing": UNPRICED}, "aggs": {"s": status}}
    aggs = _search(es, f"{prefix}-*", {"indices": {"terms": {"field": "_index", "size": MANY}}})
    costs = _search(es, f"{prefix}-api-*", {"m": models})
    reasons = {"r": {"terms": {"field": "holysheep.rejected.reason", "size": 1000}}}
    rejected = _search(es, f"{prefix}-rejected-*", reasons)
    ignored = es.count(index=f"{prefix}-*", query={"exists": {"field": "_ignored"}})["count"]
    rows = [
        ModelCost(model["key"], state["key"], state["doc_count"], round(state["nano"]["value"]))
        for model in _buckets(costs, "m")
        for state in model["s"]["buckets"]
    ]
    return Summary(
        indices={bucket["key"]: bucket["doc_count"] for bucket in sorted(_buckets(aggs, "indices"), key=_key)},
        models=sorted(rows, key=lambda row: (-row.nano, row.model, row.status)),
        rejected={bucket["key"]: bucket["doc_count"] for bucket in _buckets(rejected, "r")},
        ignored=int(ignored),
    )


def tables(summary: Summary) -> Group:
    """The summary as tables for people. All days of a kind of index are one row."""
    return Group(_indices(summary), _models(summary), _rejected(summary))


def dollars(nano: int) -> str:
    """An exact amount in USD with at least six decimal places: 0.000420, 12.345678901. `nano` is in 10⁻⁹ USD."""
    whole = f"{Decimal(nano) / 10**9:,.9f}"
    return whole[:-3] + whole[-3:].rstrip("0")


def _sum() -> dict[str, Any]:
    return {"nano": {"sum": {"field": "holysheep.cost.total_nano"}}}


def _search(es: Elasticsearch, index: str, aggregations: dict[str, Any]) -> dict[str, Any]:
    # A missing index is no error: no document of that kind has come yet.
    answer = es.search(index=index, size=0, aggregations=aggregations, ignore_unavailable=True, allow_no_indices=True)
    buckets: dict[str, Any] = answer.get("aggregations", {})
    return buckets


def _buckets(aggs: dict[str, Any], name: str) -> list[dict[str, Any]]:
    buckets: list[dict[str, Any]] = aggs.get(name, {}).get("buckets", [])
    return buckets


def _key(bucket: dict[str, Any]) -> str:
    return str(bucket["key"])


def _indices(summary: Summary) -> Table:
    table = Table("index", "days", "documents", title="Where the lines are", title_justify="left")
    table.columns[1].justify = table.columns[2].justify = "right"
    kinds: dict[str, list[int]] = {}
    for name, count in summary.indices.items():
        kinds.setdefault(name[:-11], []).append(count)
    for kind, counts in kinds.items():
        table.add_row(escape(kind) + "-YYYY.MM.dd", str(len(counts)), f"{sum(counts):,}")
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
