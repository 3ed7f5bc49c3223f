"""Reads the messages of unknown errors from the errors index, and updates their documents with verdicts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import helpers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from generator.registry.learned import Learned

PAGE: Final = 1000
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


def update(es: Elasticsearch, prefix: str, verdicts: Mapping[str, Learned], record: Path) -> int:
    """Give the documents of each message its verdict. Returns the number of changed documents.

    A changed document has the model as `classifier`. Its old values are appended to the file `record` before the
    change. The update is a bulk request, since the embedded Elasticsearch has no update by query.
    """
    changed = 0
    for message, learned in verdicts.items():
        query = {"query": {"bool": {"filter": [*_UNKNOWN, {"term": {"error.message": message}}]}}}
        pattern = f"{prefix}-errors-*"
        hits = list(helpers.scan(es, index=pattern, query=query | {"_source": False}, ignore_unavailable=True))
        if not hits:
            continue
        _write(record, message, learned, [f"{hit['_index']}/{hit['_id']}" for hit in hits])
        done, _ = helpers.bulk(es, (_action(hit, learned) for hit in hits), refresh="wait_for")
        changed += done
    return changed


def _action(hit: Mapping[str, Any], learned: Learned) -> dict[str, Any]:
    part = {"category": learned.category, "confidence": learned.confidence}
    part |= {"suggestion": learned.suggestion, "classifier": learned.model}
    document = {"holysheep": {"error": part}}
    return {"_op_type": "update", "_index": hit["_index"], "_id": hit["_id"], "doc": document}


def _write(record: Path, message: str, learned: Learned, ids: list[str]) -> None:
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "what": "classify",
        "documents": ids,
        "message": message,
        "template": learned.template,
        "before": {"category": "unknown_error", "classifier": "rules"},
        "after": {"category": learned.category, "confidence": learned.confidence, "classifier": learned.model},
    }
    record.parent.mkdir(parents=True, exist_ok=True)
    with record.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
