"""Summary of the documents in Elasticsearch: counts by index, cost by model, rejected lines by reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

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
