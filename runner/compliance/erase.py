"""Erases the documents of one person or session, and removes their bytes from the data files."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from elasticsearch import helpers

from generator.errors import UserError
from runner.cluster.changes import MOST, Changed
from runner.cluster.counts import kind
from runner.cluster.digest import digest
from runner.cluster.refused import advice
from runner.compliance import mentions, pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

    from runner.cluster.changes import Journal
    from runner.compliance.subject import Subject

Json = dict[str, Any]
Say = Callable[[str], None]
#: What a subject is found by: fields that hold its name.
FIELDS: Final = {"user": ("user.id", "user.name"), "session": ("gen_ai.conversation.id",)}
#: Kinds whose documents keep a line as one text, in which the name is looked for.
TEXTS: Final = ("rejected", "deadletter")
#: Kinds that hold no subject by name: records of what was done.
RECORDS: Final = ("changes", "seals", "erasures")
LENIENT: Final[Json] = {"ignore_unavailable": True, "allow_no_indices": True}
#: Documents that wait for others of their index.
IN_MEMORY: Final = 20 * MOST
#: Deleted documents stay in the files until nobody may ask for their history: Elasticsearch asks every 30 s.
GONE_S: Final = 120.0


@dataclass(frozen=True)
class Erased:
    """Documents by kind that were deleted, and the indices whose files may still hold their bytes."""

    documents: dict[str, int]
    not_merged: tuple[str, ...]
    #: The run under which `changes` has the documents' digests; empty when no document was changed.
    run: str
    #: Keys of the user that were destroyed.
    keys: int = 0


def find(es: Elasticsearch, prefix: str, subject: Subject) -> dict[str, int]:
    """Documents of the subject by kind of index."""
    counts: dict[str, int] = {}
    for hit in _hits(es, prefix, subject):
        name = kind(hit["_index"], prefix)
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


def erase(journal: Journal, subject: Subject, say: Say, *, keep_costs: bool = False) -> Erased:
    """Delete the subject's documents and merge the files that held them. Each bulk is announced in `changes` before.

    `keep_costs`: calls keep their figures under a random name (`pseudonym`); all else is deleted. A broken-off erasure
    is safe to repeat. UserError when Elasticsearch does not delete a document.
    """
    es, prefix = journal.es, journal.prefix
    counts: dict[str, int] = {}
    touched: set[str] = set()
    name = pseudonym.name() if keep_costs else ""
    for number, (index, hits) in enumerate(_batches(es, prefix, subject), start=1):
        _carry_out(journal, number, index, [(hit, _after(hit, prefix, subject, name)) for hit in hits])
        touched.add(index)
        counts[kind(index, prefix)] = counts.get(kind(index, prefix), 0) + len(hits)
    for index in sorted(touched):
        say(f"merging the files of {index}")
    left = _merge(es, sorted(touched)) if touched else ()
    return Erased(dict(sorted(counts.items())), left, journal.run.name)


def _batches(es: Elasticsearch, prefix: str, subject: Subject) -> Iterator[tuple[str, list[Json]]]:
    """The subject's documents, those of one index together, at most as many as a record of `changes` takes."""
    waiting: dict[str, list[Json]] = {}
    for hit in _hits(es, prefix, subject):
        batch = waiting.setdefault(hit["_index"], [])
        batch.append(hit)
        if len(batch) == MOST or sum(map(len, waiting.values())) == IN_MEMORY:
            largest = max(waiting, key=lambda index: len(waiting[index]))
            yield largest, waiting.pop(largest)
    yield from waiting.items()


def _after(hit: Json, prefix: str, subject: Subject, name: str) -> Json | None:
    """What is left of a document; None for nothing."""
    keeps = kind(hit["_index"], prefix) in pseudonym.KINDS
    if keeps and not _is_own(hit["_source"], subject):
        # Somebody else's call that names the person stays, without the name.
        return cast("Json", mentions.without(hit["_source"], mentions.pattern(subject.names)))
    return pseudonym.stripped(hit["_source"], name) if keeps and name else None


def _is_own(source: Json, subject: Subject) -> bool:
    for field in FIELDS[subject.by]:
        value: Any = source
        for part in field.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value in subject.names:
            return True
    return False


def _carry_out(journal: Journal, number: int, index: str, changes: list[tuple[Json, Json | None]]) -> None:
    told = [Changed(hit["_id"], digest(hit["_source"]), digest(new) if new else None) for hit, new in changes]
    journal.announce(number, index, told)
    actions: list[Json] = [
        {"_op_type": "index", "_index": index, "_id": hit["_id"], "_source": new}
        if new
        else {"_op_type": "delete", "_index": index, "_id": hit["_id"]}
        for hit, new in changes
    ]
    for done, answer in helpers.streaming_bulk(journal.es, actions, raise_on_error=False, ignore_status=(404,)):
        if not done:
            reason = str(answer)
            raise UserError(
                f"Elasticsearch refused to erase: {reason[:300]}", hint=advice(reason) or "repeat the command"
            )


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


def _hits(es: Elasticsearch, prefix: str, subject: Subject) -> Iterator[Json]:
    should = [{"terms": {field: subject.names}} for field in FIELDS[subject.by]]
    should += mentions.clauses(subject.names)
    fits = mentions.pattern(subject.names)
    texts = [f"{prefix}-{name}-*" for name in TEXTS]
    # The register and the records of changes hold no name, and nobody may change them.
    others = [f"-{prefix}-{name}-*" for name in (*TEXTS, *RECORDS)]
    options: Json = {"ignore_unavailable": True, "allow_no_indices": True, "size": 1000}
    query: Json = {"query": {"bool": {"should": should, "minimum_should_match": 1}}}
    es.indices.refresh(index=",".join([f"{prefix}-*", *(f"-{prefix}-{name}-*" for name in RECORDS)]), **LENIENT)
    for hit in helpers.scan(es, index=",".join([f"{prefix}-*", *others]), query=query, **options):
        if _is_own(hit["_source"], subject) or mentions.holds(hit["_source"], fits):
            yield hit
    # The text is in `_source` alone, so every such document is read. There are few.
    for hit in helpers.scan(es, index=",".join(texts), query={"query": {"match_all": {}}}, **options):
        if mentions.holds(hit["_source"], fits):
            yield hit


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
