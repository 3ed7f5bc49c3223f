"""Erases the documents of one person or session, and removes their bytes from the data files."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from elasticsearch import helpers

from generator.errors import UserError
from runner.cluster.counts import kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from elasticsearch import Elasticsearch

Json = dict[str, Any]
Hit = tuple[str, str]
#: What a subject is found by: fields that hold its name.
FIELDS: Final = {"user": ("user.id", "user.name"), "session": ("gen_ai.conversation.id",)}
#: Kinds whose documents keep a line as one text, in which the name is looked for.
TEXTS: Final = ("rejected", "deadletter")
#: Deleted documents stay in the files until nobody may ask for their history: Elasticsearch asks every 30 s.
GONE_S: Final = 120.0


@dataclass(frozen=True)
class Subject:
    """Whose documents are erased."""

    by: Literal["user", "session"]
    name: str


@dataclass(frozen=True)
class Erased:
    """Documents by kind that were deleted, and the indices whose files may still hold their bytes."""

    documents: dict[str, int]
    not_merged: tuple[str, ...]


def find(es: Elasticsearch, prefix: str, subject: Subject) -> dict[str, int]:
    """Documents of the subject by kind of index."""
    counts: dict[str, int] = {}
    for index, _ in _hits(es, prefix, subject):
        counts[kind(index, prefix)] = counts.get(kind(index, prefix), 0) + 1
    return dict(sorted(counts.items()))


def erase(es: Elasticsearch, prefix: str, subject: Subject, say: Callable[[str], None]) -> Erased:
    """Delete the subject's documents and merge the files that held them.

    A broken-off erasure is safe to repeat. UserError when Elasticsearch does not delete a document.
    """
    counts: dict[str, int] = {}
    touched: set[str] = set()

    def deletions() -> Iterator[Json]:
        for index, id_ in _hits(es, prefix, subject):
            touched.add(index)
            counts[kind(index, prefix)] = counts.get(kind(index, prefix), 0) + 1
            yield {"_op_type": "delete", "_index": index, "_id": id_}

    for deleted, answer in helpers.streaming_bulk(es, deletions(), raise_on_error=False, ignore_status=(404,)):
        if not deleted:
            raise UserError(f"Elasticsearch refused to delete: {str(answer)[:300]}", hint="repeat the command")
    for index in sorted(touched):
        say(f"merging the files of {index}")
    left = _merge(es, sorted(touched)) if touched else ()
    return Erased(dict(sorted(counts.items())), left)


def snapshots(es: Elasticsearch) -> list[Json]:
    """Every snapshot of every repository: each may still hold the subject."""
    found: list[Json] = []
    for repository in es.snapshot.get_repository():
        answer = es.snapshot.get(repository=repository, snapshot="_all", ignore_unavailable=True)
        found += [
            {"repository": repository, "snapshot": item["snapshot"], "taken": item.get("start_time", "")}
            for item in answer.get("snapshots", [])
        ]
    return found


def _hits(es: Elasticsearch, prefix: str, subject: Subject) -> Iterator[Hit]:
    should = [{"term": {field: subject.name}} for field in FIELDS[subject.by]]
    texts = [f"{prefix}-{name}-*" for name in TEXTS]
    named = [f"{prefix}-*", *(f"-{pattern}" for pattern in texts)]
    options: Json = {"ignore_unavailable": True, "allow_no_indices": True, "size": 2000}
    query: Json = {"query": {"bool": {"should": should, "minimum_should_match": 1}}, "_source": False}
    es.indices.refresh(index=f"{prefix}-*", ignore_unavailable=True, allow_no_indices=True)
    for hit in helpers.scan(es, index=",".join(named), query=query, **options):
        yield hit["_index"], hit["_id"]
    # The text is in `_source` alone, so every such document is read. There are few.
    written = json.dumps(subject.name, ensure_ascii=False)[1:-1]
    for hit in helpers.scan(es, index=",".join(texts), query={"query": {"match_all": {}}}, **options):
        if _holds(hit["_source"], subject.name, written):
            yield hit["_index"], hit["_id"]


def _holds(value: Any, *names: str) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return any(_holds(item, *names) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return any(_holds(item, *names) for item in value)
    return isinstance(value, str) and any(name in value for name in names)


def _merge(es: Elasticsearch, indices: list[str]) -> tuple[str, ...]:
    """Rewrite the files without the deleted documents. Returns the indices in which some are left after two minutes."""
    waiting = ",".join(indices)
    until = time.monotonic() + GONE_S
    while True:
        # The translog has the documents, too; a flush ends it.
        es.indices.flush(index=waiting, force=True, wait_if_ongoing=True)
        es.indices.forcemerge(index=waiting, max_num_segments=1)
        es.indices.flush(index=waiting, force=True, wait_if_ongoing=True)
        stats = es.indices.stats(index=waiting, metric="docs", filter_path="indices.*.total.docs.deleted")
        left = [name for name, item in stats.get("indices", {}).items() if item["total"]["docs"]["deleted"]]
        if not left or time.monotonic() > until:
            return tuple(sorted(left))
        waiting = ",".join(left)
        time.sleep(5)
