"""Reads the messages of unknown errors from the errors index, and updates their documents with verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from elasticsearch import helpers

from generator.errors import UserError
from runner.cluster import changes
from runner.cluster.changes import MOST, Changed, Journal
from runner.cluster.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from elasticsearch import Elasticsearch

    from generator.registry.learned import Learned

Hit = dict[str, Any]
PAGE: Final = 1000
CONFLICT: Final = 409
_UNKNOWN: Final[list[dict[str, Any]]] = [
    {"term": {"holysheep.error.category": "unknown_error"}},
    {"term": {"holysheep.error.classifier": "rules"}},
]


def unknown_messages(es: Elasticsearch, prefix: str) -> dict[str, int]:
    """Each distinct message of an unknown error → the number of its documents."""
    counts: dict[str, int] = {}
    after: dict[str, Any] | None = None
    while True:
        pages: dict[str, Any] = {"size": PAGE, "sources": [{"message": {"terms": {"field": "error.message"}}}]}
        answer = es.search(
            index=f"{prefix}-errors-*",
            size=0,
            query={"bool": {"filter": _UNKNOWN}},
            aggs={"messages": {"composite": pages | ({"after": after} if after else {})}},
            ignore_unavailable=True,
        )
        if "aggregations" not in answer:
            return counts
        page = answer["aggregations"]["messages"]
        counts |= {bucket["key"]["message"]: bucket["doc_count"] for bucket in page["buckets"]}
        after = page.get("after_key")
        if not page["buckets"] or after is None:
            return counts


def update(es: Elasticsearch, prefix: str, verdicts: Mapping[str, Learned], reason: str) -> int:
    """Give the documents of each message its verdict. Returns the number of changed documents.

    A changed document has the model as `classifier`. Each bulk request is announced by a record (`changes`) before. A
    document that another changed meanwhile stays; a later run finds it again. UserError for other refusals.
    """
    journal = Journal(es, prefix, changes.begin("classify", reason))
    changed = number = 0
    for message, learned in verdicts.items():
        for index, hits in _batches(es, prefix, message):
            number += 1
            new = [_classified(hit["_source"], learned) for hit in hits]
            changed += _write(journal, number, index, list(zip(hits, new, strict=True)))
    return changed


def _batches(es: Elasticsearch, prefix: str, message: str) -> Iterator[tuple[str, list[Hit]]]:
    """The unknown errors with this message, those of one index together, at most as many as a record takes."""
    body = {
        "query": {"bool": {"filter": [*_UNKNOWN, {"term": {"error.message": message}}]}},
        "seq_no_primary_term": True,
    }
    waiting: dict[str, list[Hit]] = {}
    for hit in helpers.scan(es, index=f"{prefix}-errors-*", query=body, ignore_unavailable=True, size=PAGE):
        batch = waiting.setdefault(hit["_index"], [])
        batch.append(hit)
        if len(batch) == MOST:
            yield hit["_index"], waiting.pop(hit["_index"])
    yield from waiting.items()


def _classified(source: Hit, learned: Learned) -> Hit:
    """The `_source` with a verdict."""
    part = {"category": learned.category, "confidence": learned.confidence}
    part |= {"suggestion": learned.suggestion, "classifier": learned.model}
    holysheep = source["holysheep"]
    return {**source, "holysheep": {**holysheep, "error": {**holysheep.get("error", {}), **part}}}


def _write(journal: Journal, number: int, index: str, pairs: Sequence[tuple[Hit, Hit]]) -> int:
    """Announce and send changes. Returns how many documents were changed."""
    records = [Changed(hit["_id"], digest(hit["_source"]), digest(new)) for hit, new in pairs]
    journal.announce(number, index, records)
    actions = [
        {"_index": index, "_id": hit["_id"], "_source": new}
        | {"if_seq_no": hit["_seq_no"], "if_primary_term": hit["_primary_term"]}
        for hit, new in pairs
    ]
    done, refused = helpers.bulk(journal.es, actions, refresh="wait_for", raise_on_error=False)
    for item in refused if isinstance(refused, list) else []:
        if item["index"]["status"] != CONFLICT:
            raise UserError(f"Elasticsearch refused to change a document: {str(item)[:300]}", hint="repeat the command")
    return done
