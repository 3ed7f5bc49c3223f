"""The figures of a usage report: sums by group, share, error rate, latencies, and the change against before."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from runner.answers.sums import Group, Metric

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runner.answers.dimensions import Dimension
    from runner.answers.parts import Parts
    from runner.answers.reader import Json, Selection

COST: Final = "holysheep.cost.total_nano"
FAILED: Final[dict[str, Any]] = {"term": {"event.outcome": "failure"}}
SUCCEEDED: Final[dict[str, Any]] = {"term": {"event.outcome": "success"}}
RETRIED: Final[dict[str, Any]] = {
    "bool": {"filter": [{"range": {"holysheep.retry_count": {"gt": 0}}}], "must_not": [FAILED]}
}
METRICS: Final[dict[str, Metric]] = {
    "cost_nano": Metric(COST),
    "input_tokens": Metric("gen_ai.usage.input_tokens"),
    "output_tokens": Metric("gen_ai.usage.output_tokens"),
    "cache_read_tokens": Metric("gen_ai.usage.cache_read.input_tokens"),
    "cache_write_tokens": Metric("gen_ai.usage.cache_creation.input_tokens"),
    "reasoning_tokens": Metric("gen_ai.usage.reasoning.output_tokens"),
    "total_only_tokens": Metric("holysheep.usage.total_tokens"),
    "failures": Metric(None, FAILED),
    "successes": Metric(None, SUCCEEDED),
    "unpriced": Metric(None, {"term": {"holysheep.cost.status": "unpriced"}}),
    "failed_cost_nano": Metric(COST, FAILED),
    "retried": Metric(None, RETRIED),
    "retried_cost_nano": Metric(COST, RETRIED),
}
#: What is compared with the period before.
BEFORE: Final = {name: METRICS[name] for name in ("cost_nano", "failures", "successes")}
PERCENTS: Final = (50, 95)
#: Elasticsearch's 100 leaves a median of 684 ms where it is 555, when latencies span four decades.
TDIGEST: Final = {"compression": 1000}


@dataclass(frozen=True)
class Row:
    """A group's figures, those of the period before, and percentiles of the latency of successful calls."""

    name: str
    now: Group
    before: Group
    #: p50 and p95 in milliseconds by Elasticsearch's estimate; None without a successful call that has one.
    latency: tuple[float | None, float | None] = (None, None)

    @property
    def error_rate(self) -> float | None:
        """Failures among the calls whose outcome is known."""
        judged = self.now.sums["failures"] + self.now.sums["successes"]
        return self.now.sums["failures"] / judged if judged else None

    @property
    def change(self) -> float | None:
        """Cost against before: 0.25 is a quarter more. None when there was none before."""
        before = self.before.sums["cost_nano"]
        return (self.now.sums["cost_nano"] - before) / before if before else None

    @property
    def tokens(self) -> int:
        """All tokens: input and output, and those of which only the total is known."""
        return sum(self.now.sums[name] for name in ("input_tokens", "output_tokens", "total_only_tokens"))

    @property
    def imbalance(self) -> float | None:
        """Input tokens per output token."""
        output = self.now.sums["output_tokens"]
        return self.now.sums["input_tokens"] / output if output else None


@dataclass(frozen=True)
class Usage:
    """The dearest groups, the rest as one row, and all of it."""

    rows: list[Row]
    rest: Row | None
    all: Row
    groups: int

    def share(self, row: Row) -> float | None:
        """The row's part of the cost."""
        whole = self.all.now.sums["cost_nano"]
        return row.now.sums["cost_nano"] / whole if whole else None


def read(now: Parts, before: Parts, dimension: Dimension, top: int) -> Usage:
    """The usage of a span against that of another. Memory holds `top` groups, however many there are.

    Latencies are those of calls: of none when some are gone.
    """
    found = now.grouped(dimension.fields, METRICS)
    whole, best, groups = _dearest(_collapse(found, dimension), top)
    queries = [dimension.queries(group.key) for group in best]
    earlier = before.filtered(queries, BEFORE)
    slow = [(None, None)] * (len(queries) + 1) if now.gone else _latencies(now.calls, [*queries, []])
    rows = [
        Row(dimension.label(group.key), group, past, latency)
        for group, past, latency in zip(best, earlier, slow, strict=False)
    ]
    past = before.total(BEFORE)
    rest = None
    if groups > len(best):
        rest = Row(f"{groups - len(best):,} others", _minus(whole, best), _minus(past, earlier))
    return Usage(rows, rest, Row("all", whole, past, slow[-1]), groups)


def _collapse(groups: Iterable[Group], dimension: Dimension) -> Iterator[Group]:
    """Groups whose keys differ only in what does not matter, as one; they stand side by side."""
    for key, parts in groupby(groups, key=lambda group: dimension.collapsed(group.key)):
        one = Group(key)
        for part in parts:
            one.add(part)
        yield one


def _dearest(groups: Iterable[Group], top: int) -> tuple[Group, list[Group], int]:
    """The sum of all, the `top` groups by cost, calls and name, and how many there are."""
    whole = Group((), 0, dict.fromkeys(METRICS, 0), dict.fromkeys(METRICS, 0))
    best: list[tuple[int, int, int, Group]] = []
    number = 0
    for group in groups:
        whole.add(group)
        # Of equals the first stays.
        item = (group.sums["cost_nano"], group.documents, -number, group)
        number += 1
        if len(best) < top:
            heapq.heappush(best, item)
        else:
            heapq.heappushpop(best, item)
    return whole, [item[-1] for item in sorted(best, key=lambda item: item[:3], reverse=True)], number


def _minus(whole: Group, parts: list[Group]) -> Group:
    rest = Group((), whole.documents - sum(part.documents for part in parts))
    for name in whole.sums:
        rest.sums[name] = whole.sums[name] - sum(part.sums[name] for part in parts)
        rest.known[name] = whole.known[name] - sum(part.known[name] for part in parts)
    return rest


def _latencies(selection: Selection, groups: Sequence[Sequence[Json]]) -> list[tuple[float | None, float | None]]:
    queries = [{"bool": {"filter": [SUCCEEDED, *own]}} for own in groups]
    percentiles: Json = {
        "percentiles": {"field": "holysheep.latency.ms", "percents": PERCENTS, "keyed": False, "tdigest": TDIGEST}
    }
    body = {"g": {"filters": {"filters": queries}, "aggs": {"p": percentiles}}}
    buckets = selection.search(size=0, aggs=body).get("aggregations", {}).get("g", {}).get("buckets", [])
    if not buckets:
        return [(None, None)] * len(groups)
    values = [[value["value"] for value in bucket["p"]["values"]] for bucket in buckets]
    return [(p50, p95) for p50, p95 in values]
