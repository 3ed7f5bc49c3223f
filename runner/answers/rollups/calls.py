"""Adds up the calls of an index by quarter of an hour and dimensions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from runner.answers.rollups.shape import (
    CALLS,
    DIMENSIONS,
    MEASURES,
    QUARTER,
    QUARTER_MS,
    REPORTED_CALLS,
    REPORTED_NANO,
    Sum,
    key,
)
from runner.answers.sums import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.answers.reader import Selection

Json = dict[str, Any]
Key = tuple[Any, ...]
#: Calls whose log may state a cost: that cost is kept in the document alone, and its difference only beside a cost.
_REPORTED: Final[Json] = {
    "bool": {
        "should": [{"exists": {"field": "holysheep.cost.difference"}}, {"term": {"holysheep.cost.status": "unpriced"}}],
        "minimum_should_match": 1,
    }
}
_STATED: Final = "holysheep.cost.reported"


def counts(calls: Selection) -> dict[int, int]:
    """Calls by quarter of an hour."""
    by_quarter = {"field": "@timestamp", "fixed_interval": f"{QUARTER.minutes}m", "min_doc_count": 1}
    aggs: Json = {"q": {"date_histogram": by_quarter}}
    found = calls.search(size=0, aggs=aggs).get("aggregations", {}).get("q", {}).get("buckets", [])
    return {bucket["key"]: bucket["doc_count"] for bucket in found}


def sums(calls: Selection) -> Iterator[Sum]:
    """The sums of all calls of a selection, the latest first. Memory holds one quarter of an hour."""
    reported = _reported(calls)
    groups = grouped(calls, [QUARTER, *DIMENSIONS], MEASURES)
    for begin, parts in groupby(groups, key=lambda group: int(group.key[0])):
        quarter: dict[Key, Sum] = {}
        for group in parts:
            dimensions = key(group.key[1:])
            one = quarter.setdefault(dimensions, Sum(begin, dimensions))
            one.add({CALLS: group.documents, **group.sums})
        for dimensions, one in quarter.items():
            one.add(reported.get((begin, *dimensions), {}))
            yield one


def _reported(calls: Selection) -> dict[Key, dict[str, int]]:
    """Of calls whose log states a cost: their number and that cost in nano-USD, by quarter of an hour and dimensions.

    The stated cost is in no column, so these documents are read one by one; the others are not.
    """
    found: dict[Key, dict[str, int]] = {}
    for document in calls.narrowed(_REPORTED).documents(DIMENSIONS, stored=[_STATED]):
        if (stated := document.get(_STATED)) is None:
            continue
        begin = document["@timestamp"] // QUARTER_MS * QUARTER_MS
        own = found.setdefault((begin, *key(tuple(document.get(name) for name in DIMENSIONS))), {})
        own[REPORTED_CALLS] = own.get(REPORTED_CALLS, 0) + 1
        own[REPORTED_NANO] = own.get(REPORTED_NANO, 0) + nano(stated)
    return found


def nano(usd: float) -> int:
    """USD as the log states it, rounded to the nano-USD, halves up."""
    return int((Decimal(repr(usd)) * 10**9).to_integral_value(ROUND_HALF_UP))
