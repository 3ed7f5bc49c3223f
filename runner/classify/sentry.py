"""Forwards errors to Sentry: one event for each template, whatever the number of its calls."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sentry_sdk
from sentry_sdk.transport import HttpTransport
from sentry_sdk.utils import BadDsn

from generator.errors import UserError
from holysheep.errors.phrases import confidence_of
from holysheep.sinks.file import FileSink
from runner.classify import kept
from runner.classify.template import Templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from elasticsearch import Elasticsearch
    from sentry_sdk.types import Event

PAGE: Final = 1000
#: Events between two waits for the server. The SDK's queue holds 100, and drops what is more.
BATCH: Final = 50
#: Seconds to wait for the server to take a batch.
TIMEOUT: Final = 30.0
_FIELDS: Final = {
    "category": "holysheep.error.category",
    "message": "error.message",
}


@dataclass(frozen=True, order=True)
class Issue:
    """What becomes one event. `confidence`: the lowest of its documents; that of the rules where none has one."""

    category: str
    template: str
    calls: int
    confidence: float = 1.0

    @property
    def key(self) -> tuple[str, str]:
        """Category and template: the event's fingerprint."""
        return self.category, self.template


class _Transport(HttpTransport):
    """Remembers that the server did not take an event; the SDK itself says so to nobody."""

    dropped = ""

    def on_dropped_event(self, _reason: str) -> None:
        """Called by the SDK."""
        self.dropped = self.dropped or _reason


def issues(es: Elasticsearch, prefix: str, days: int) -> list[Issue]:
    """Every (category, template) of the errors of the last days."""
    buckets = list(_buckets(es, prefix, days))
    templates = Templates().of_all(message for _, message, _, _ in buckets)
    found: dict[tuple[str, str], Issue] = {}
    for category, message, calls, confidence in buckets:
        issue = Issue(category, templates[message], calls, confidence)
        known = found.get(issue.key)
        if known:
            issue = Issue(*issue.key, known.calls + calls, min(known.confidence, confidence))
        found[issue.key] = issue
    return sorted(found.values())


def unsent(all_issues: Sequence[Issue], sent: Path) -> list[Issue]:
    """Those that are not in the file of what was sent."""
    known = {tuple(key) for key in kept.values(sent)}
    return [issue for issue in all_issues if issue.key not in known]


def forward(new: Sequence[Issue], dsn: str, sent: Path, tell: Callable[[int], None] = lambda _: None) -> int:
    """Send an event for each issue; what the server took is added to the file `sent` after each batch.

    Returns the number of events. UserError when the server does not take them; a later run sends them again.
    """
    try:
        # An event must not carry data of this machine or process. Default integrations would add modules and arguments.
        client = sentry_sdk.Client(
            dsn=dsn, transport=_Transport, default_integrations=False, server_name="", release="holysheep-elk",
            include_local_variables=False, send_client_reports=False,
        )  # fmt: skip
    except BadDsn as error:
        raise UserError(
            f"not a DSN: {error}", where="--dsn", hint="copy it from Sentry: Settings, Client Keys"
        ) from None
    with contextlib.closing(FileSink(sent, max_bytes=0)) as taken:
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            _send(client, batch)
            taken.send([json.dumps(issue.key, ensure_ascii=False).encode() + b"\n" for issue in batch])
            tell(start + len(batch))
    client.close(timeout=TIMEOUT)
    return len(new)


def _send(client: sentry_sdk.Client, batch: Sequence[Issue]) -> None:
    with sentry_sdk.isolation_scope() as isolation, sentry_sdk.new_scope() as scope:
        isolation.clear()
        scope.clear()
        scope.set_client(client)
        for issue in batch:
            scope.capture_event(event(issue))
    client.flush(timeout=TIMEOUT)
    if isinstance(client.transport, _Transport) and client.transport.dropped:
        hint = "check the DSN, the way to the server, and Sentry's rate limits; then repeat the command"
        raise UserError(f"Sentry did not take the events: {client.transport.dropped}", hint=hint)


def event(issue: Issue) -> Event:
    """The event of an issue. It has no prompt, no id and no key, since a template has none."""
    context = {"category": issue.category, "template": issue.template, "confidence": issue.confidence}
    return {
        "message": issue.template,
        "level": "error",
        "logger": "holysheep",
        "fingerprint": [issue.category, issue.template],
        "tags": {"ai_error_category": issue.category, "ai_error_confidence": str(issue.confidence)},
        "contexts": {"ai_classification": {**context, "calls": issue.calls}},
    }


def _buckets(es: Elasticsearch, prefix: str, days: int) -> Iterator[tuple[str, str, int, float]]:
    """(category, message, number of calls, lowest confidence) of every message."""
    after: dict[str, Any] | None = None
    sources = [{name: {"terms": {"field": field}}} for name, field in _FIELDS.items()]
    confidence = {"confidence": {"min": {"field": "holysheep.error.confidence"}}}
    while True:
        pages: dict[str, Any] = {"size": PAGE, "sources": sources} | ({"after": after} if after else {})
        answer = es.search(
            index=f"{prefix}-errors-*",
            size=0,
            query={"range": {"@timestamp": {"gte": f"now-{days}d"}}},
            aggs={"kinds": {"composite": pages, "aggs": confidence}},
            ignore_unavailable=True,
        )
        page = answer.get("aggregations", {}).get("kinds", {"buckets": []})
        for bucket in page["buckets"]:
            lowest = bucket["confidence"]["value"]
            key = bucket["key"]
            # The index keeps a float of 32 bits.
            sure = confidence_of(key["category"]) if lowest is None else round(lowest, 3)
            yield key["category"], key["message"], bucket["doc_count"], sure
        after = page.get("after_key")
        if not page["buckets"] or after is None:
            return
