"""Forwards errors to Sentry: one event for each template, whatever the number of its calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import sentry_sdk

from runner.classify.template import Templates

if TYPE_CHECKING:
    from pathlib import Path

    from elasticsearch import Elasticsearch
    from sentry_sdk.types import Event

PAGE: Final = 1000
_FIELDS: Final = {
    "category": "holysheep.error.category",
    "message": "error.message",
}


def forward(es: Elasticsearch, prefix: str, dsn: str, sent: Path) -> int:
    """Send an event for each (category, template) that is new. Returns the number of events.

    `sent`: a file of JSON lines with the pairs that were sent before.
    """
    known = {tuple(json.loads(line)) for line in sent.read_text("utf-8").splitlines()} if sent.exists() else set()
    counts = _messages(es, prefix)
    templates = Templates().of_all(message for _, message in counts)
    calls: dict[tuple[str, str], int] = {}
    for (category, message), count in counts.items():
        pair = category, templates[message]
        calls[pair] = calls.get(pair, 0) + count
    new = {pair: count for pair, count in calls.items() if pair not in known}
    # An event must not carry data of this machine or process. The default integrations would add modules and arguments.
    client = sentry_sdk.Client(dsn=dsn, default_integrations=False, server_name="", include_local_variables=False)
    with sentry_sdk.isolation_scope() as isolation, sentry_sdk.new_scope() as scope:
        isolation.clear()
        scope.clear()
        scope.set_client(client)
        for (category, template), count in sorted(new.items()):
            scope.capture_event(event(category, template, count))
    client.close(timeout=10)
    sent.parent.mkdir(parents=True, exist_ok=True)
    with sent.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(pair, ensure_ascii=False) + "\n" for pair in sorted(new))
    return len(new)


def event(category: str, template: str, count: int) -> Event:
    """The event of a template. It has no prompt, no id and no key, since a template has none."""
    return {
        "message": template,
        "level": "error",
        "logger": "holysheep",
        "fingerprint": [category, template],
        "tags": {"ai_error_category": category, "ai_error_confidence": "1.0"},
        "contexts": {"ai_classification": {"category": category, "template": template, "calls": count}},
    }


def _messages(es: Elasticsearch, prefix: str) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    after: dict[str, Any] | None = None
    sources = [{name: {"terms": {"field": field}}} for name, field in _FIELDS.items()]
    while True:
        pages: dict[str, Any] = {"size": PAGE, "sources": sources} | ({"after": after} if after else {})
        answer = es.search(
            index=f"{prefix}-errors-*", size=0, aggs={"kinds": {"composite": pages}}, ignore_unavailable=True
        )
        page = answer.get("aggregations", {}).get("kinds", {"buckets": []})
        for bucket in page["buckets"]:
            counts[(bucket["key"]["category"], bucket["key"]["message"])] = bucket["doc_count"]
        after = page.get("after_key")
        if not page["buckets"] or after is None:
            return counts
