"""Marks: up to where the calls of an index are in the rollups; and how far the indices are now.

Elasticsearch numbers every change of an index: a document that is added, changed or deleted. Two numbers tell what a
clock can't: whether anything changed since the last run, and by a search for higher numbers, in which documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from runner.answers.periods import Span
from runner.answers.reader import Selection, patiently, words
from runner.answers.rollups.shape import FINE, index, nested, text

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

Json = dict[str, Any]
_OWN: Final = "holysheep.rollup."
_DAY: Final = timedelta(days=1)
#: Marks in one answer: an index a day, for 27 years.
MOST: Final = 10_000


@dataclass(frozen=True)
class Live:
    """An index of calls as it is now. `checkpoint` is None when it has several shards, each with its own numbers."""

    index: str
    uuid: str
    checkpoint: int | None


@dataclass(frozen=True)
class Mark:
    """What the last run noted of an index of calls. Times are in milliseconds since 1970."""

    index: str
    uuid: str
    #: Every change up to this number is in the rollups; -1 for none.
    checkpoint: int = -1
    documents: int = 0
    #: Why the rollups of this index are kept whatever is in it; empty when they follow it.
    frozen: str = ""
    #: Quarters of an hour whose rollups are kept, since calls of them are gone.
    held: tuple[int, ...] = ()
    #: Begins of local days that are not made anew yet.
    pending: tuple[int, ...] = ()
    ran: int = 0

    def covers(self, live: Live) -> bool:
        """Whether nothing changed since the run."""
        return self.uuid == live.uuid and self.checkpoint == live.checkpoint and not self.pending


def day_of(name: str) -> datetime | None:
    """The UTC day of `holysheep-api-2026.11.25`; None for another name."""
    try:
        return datetime.strptime(name[-10:], "%Y.%m.%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def span_of(name: str) -> Span:
    """The day of an index of calls."""
    day = day_of(name)
    assert day is not None  # noqa: S101 - `live` leaves other names out
    return Span(day, day + _DAY)


def live(es: Elasticsearch, prefix: str) -> list[Live]:
    """Every index of calls, the oldest first. What was changed up to `checkpoint` is there for good.

    The global checkpoint: up to it every copy of the shard has every change, so that none is taken back when a node is
    lost.
    """
    with words():
        answer = es.indices.stats(
            index=f"{prefix}-api-*",
            level="shards",
            metric="docs",
            filter_path="indices.*.uuid,indices.*.shards.*.seq_no,indices.*.shards.*.routing.primary",
        )
    indices = [_live(name, stats) for name, stats in answer.get("indices", {}).items() if day_of(name)]
    return sorted(indices, key=lambda item: item.index)


def _live(name: str, stats: Json) -> Live:
    shards = stats["shards"].values()
    primaries = [copy["seq_no"] for copies in shards for copy in copies if copy["routing"]["primary"]]
    return Live(name, stats["uuid"], int(primaries[0]["global_checkpoint"]) if len(primaries) == 1 else None)


def read(es: Elasticsearch, prefix: str, span: Span | None = None) -> dict[str, Mark]:
    """The marks by index of calls; of a span, those of its days."""
    query: Json = {"bool": {"filter": [{"exists": {"field": f"{_OWN}index"}}, *([span.query()] if span else [])]}}
    options: Json = {"ignore_unavailable": True, "allow_no_indices": True, "size": MOST}
    answer = patiently(lambda: es.search(index=f"{prefix}-{FINE}-*", query=query, **options).body)
    marks = [_mark(hit["_source"]["holysheep"]["rollup"]) for hit in answer["hits"]["hits"]]
    return {mark.index: mark for mark in marks}


def _mark(source: Json) -> Mark:
    held, pending = (tuple(_millis(time) for time in source.get(name, [])) for name in ("held", "pending"))
    return Mark(
        source["index"],
        source["uuid"],
        source["checkpoint"],
        source["documents"],
        source.get("frozen", ""),
        held,
        pending,
        _millis(source["ran"]),
    )


def _millis(time: str) -> int:
    return round(datetime.fromisoformat(time).timestamp() * 1000)


def action(prefix: str, mark: Mark) -> Json:
    """A mark as an action of a bulk request."""
    day = round(span_of(mark.index).start.timestamp() * 1000)
    values: Json = {
        "index": mark.index,
        "uuid": mark.uuid,
        "checkpoint": mark.checkpoint,
        "documents": mark.documents,
        "ran": text(mark.ran),
    }
    values |= {"frozen": mark.frozen} if mark.frozen else {}
    values |= {"held": [text(begin) for begin in mark.held]} if mark.held else {}
    values |= {"pending": [text(begin) for begin in mark.pending]} if mark.pending else {}
    source = {"@timestamp": text(day)} | nested({_OWN + name: value for name, value in values.items()})
    return {"_index": index(prefix, FINE, day), "_id": f"mark-{mark.index}", "_source": source}


def changed(calls: Selection, mark: Mark) -> Selection:
    """The calls of an index that were added or changed since its mark."""
    return calls.narrowed({"range": {"_seq_no": {"gt": mark.checkpoint}}})
