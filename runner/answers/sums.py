"""Sums of integers by group, exact however large they are.

Elasticsearch adds up doubles. Integers that are not negative add up exactly in doubles as long as the sum stays below
2⁵³, since then every partial sum is below it too, in whatever order and on whatever shard. Each sum that comes back is
held against this bound. A sum that may have passed it (above 9 million USD in nano-USD), or has a negative number in
it, is thrown away; Elasticsearch is asked instead which values there are and how often, and both come as exact
integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runner.answers.reader import Json, Selection

#: From here on a double can't hold every integer.
EXACT: Final = 2**53
#: Groups a request.
PAGE: Final = 1000


@dataclass(frozen=True)
class Metric:
    """What is added up: a field, of all documents or of those that a query finds. Without a field: their number."""

    field: str | None
    where: Json | None = None


@dataclass(frozen=True)
class Interval:
    """A key of a group: the begin of the interval in which a document's time is, in milliseconds since 1970, UTC.

    Groups come with the latest interval first. In ascending order Elasticsearch 9.5 takes the groups from the index of
    the field, and logsdb keeps none for `@timestamp`: it answers without any group.
    """

    minutes: int

    def source(self) -> Json:
        """The key as Elasticsearch takes it."""
        return {"date_histogram": {"field": "@timestamp", "fixed_interval": f"{self.minutes}m", "order": "desc"}}

    def during(self, begin: int) -> Json:
        """The query for one interval."""
        end = begin + self.minutes * 60_000
        return {"range": {"@timestamp": {"gte": begin, "lt": end, "format": "epoch_millis"}}}


@dataclass
class Group:
    """The sums of a group. `known` is how many documents of the group have the field."""

    key: tuple[Any, ...]
    documents: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)

    def add(self, other: Group) -> None:
        """Take another group in."""
        self.documents += other.documents
        for own, more in ((self.sums, other.sums), (self.known, other.known)):
            for name, number in more.items():
                own[name] = own.get(name, 0) + number


def grouped(selection: Selection, keys: Sequence[str | Interval], metrics: Mapping[str, Metric]) -> Iterator[Group]:
    """Every combination of values of the keys with its sums; None stands for a missing value.

    Keys ascend, None first; an `Interval` descends.

    Memory holds one page, however many groups there are. UserError when Elasticsearch can't be asked.
    """
    total = selection.count()
    selection.tell(0, total)
    sources = [{f"k{n}": _source(name)} for n, name in enumerate(keys)]
    composite: Json = {"size": PAGE, "sources": sources}
    while total:
        body = {"g": {"composite": composite, "aggs": _aggregations(metrics)}}
        found = selection.search(size=0, aggs=body).get("aggregations", {}).get("g", {})
        for bucket in found.get("buckets", []):
            values = tuple(bucket["key"][f"k{n}"] for n in range(len(keys)))
            own = [_equals(name, value) for name, value in zip(keys, values, strict=True)]
            yield _group(selection.narrowed(*own), metrics, bucket, values)
        selection.tell(sum(bucket["doc_count"] for bucket in found.get("buckets", [])), total)
        if "after_key" not in found:
            return
        composite["after"] = found["after_key"]


def filtered(selection: Selection, groups: Sequence[Sequence[Json]], metrics: Mapping[str, Metric]) -> list[Group]:
    """The sums of groups that are given as lists of queries, in their order; one request for all."""
    if not groups:
        return []
    queries = [{"bool": {"filter": list(own)}} for own in groups]
    body = {"g": {"filters": {"filters": queries}, "aggs": _aggregations(metrics)}}
    buckets = selection.search(size=0, aggs=body).get("aggregations", {}).get("g", {}).get("buckets", [])
    if not buckets:
        return [Group((), 0, dict.fromkeys(metrics, 0), dict.fromkeys(metrics, 0)) for _ in groups]
    return [_group(selection.narrowed(*own), metrics, bucket, ()) for own, bucket in zip(groups, buckets, strict=True)]


def total(selection: Selection, metrics: Mapping[str, Metric]) -> Group:
    """The sums of all documents."""
    return filtered(selection, [[]], metrics)[0]


def equals(name: str, value: Any) -> Json:  # noqa: ANN401 - a key of any type
    """The query for one value of a field; None for its absence."""
    if value is None:
        return {"bool": {"must_not": [{"exists": {"field": name}}]}}
    return {"term": {name: value}}


def _source(key: str | Interval) -> Json:
    return key.source() if isinstance(key, Interval) else {"terms": {"field": key, "missing_bucket": True}}


def _equals(key: str | Interval, value: Any) -> Json:  # noqa: ANN401 - a key of any type
    return key.during(value) if isinstance(key, Interval) else equals(key, value)


def _aggregations(metrics: Mapping[str, Metric]) -> Json:
    aggs: Json = {}
    for name, metric in metrics.items():
        stats: Json = {"stats": {"field": metric.field}}
        if metric.field and not metric.where:
            aggs[name] = stats
        else:
            aggs[name] = {
                "filter": metric.where or {"match_all": {}},
                **({"aggs": {"v": stats}} if metric.field else {}),
            }
    return aggs


def _group(own: Selection, metrics: Mapping[str, Metric], bucket: Json, values: tuple[Any, ...]) -> Group:
    """A bucket as a group; `own` selects its documents."""
    group = Group(values, bucket["doc_count"])
    for name, metric in metrics.items():
        if metric.field is None:
            group.sums[name] = group.known[name] = bucket[name]["doc_count"]
            continue
        stats = bucket[name]["v"] if metric.where else bucket[name]
        group.known[name] = stats["count"]
        group.sums[name] = int(stats["sum"]) if _is_exact(stats) else _by_value(own, metric)
    return group


def _is_exact(stats: Json) -> bool:
    return not stats["count"] or (stats["min"] >= 0 and stats["sum"] < EXACT)


def _by_value(own: Selection, metric: Metric) -> int:
    """Value times number of documents, over every value that there is."""
    name = str(metric.field)
    wanted = [*([metric.where] if metric.where else []), {"exists": {"field": name}}]
    return sum(group.key[0] * group.documents for group in grouped(own.narrowed(*wanted), [name], {}))
