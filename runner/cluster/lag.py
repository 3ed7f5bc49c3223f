"""Measures how late documents are: the age of the newest line, and the time from an event to its arrival."""

from __future__ import annotations

import statistics
import time
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

#: The lag is measured over this number of newest lines.
NEWEST: Final = 100
#: A count that does not change for this time is final: three times the longest time from a line to its document.
QUIET_S: Final = 15.0
LONGEST_S: Final = 180.0


def lag(es: Elasticsearch, prefix: str) -> dict[str, float | None]:
    """Age and lag of the newest documents; both None when there are no documents.

    `newest_s`: seconds since the newest document's line was read (event.created), by this machine's clock.
    `lag_s`: seconds from an event (@timestamp) to the reading of its line, the median over the newest documents. The
    lag of old logs is their age.
    """
    answer = es.search(
        # A synthetic line comes every minute, whatever the applications do: runner/cluster/canary.py.
        index=f"{prefix}-*,-{prefix}-canary-*",
        size=NEWEST,
        sort=[{"event.created": {"order": "desc", "unmapped_type": "date"}}],
        source={"includes": ["@timestamp", "event.created"]},
        ignore_unavailable=True,
        allow_no_indices=True,
    )
    sources = [hit["_source"] for hit in answer["hits"]["hits"]]
    times = [
        (_seconds(source["event"]["created"]), _seconds(source["@timestamp"]))
        for source in sources
        if "created" in source.get("event", {})
    ]
    if not times:
        return {"newest_s": None, "lag_s": None}
    return {
        "newest_s": round(time.time() - times[0][0], 1),
        "lag_s": round(statistics.median(created - event for created, event in times), 1),
    }


def settled(es: Elasticsearch, prefix: str) -> None:
    """Wait until the number of documents has stopped growing, for three minutes at most."""
    until = time.monotonic() + LONGEST_S
    last, since = -1, time.monotonic()
    while time.monotonic() < until:
        count = int(es.count(index=f"{prefix}-*", ignore_unavailable=True, allow_no_indices=True)["count"])
        if count != last:
            last, since = count, time.monotonic()
        elif count and time.monotonic() - since >= QUIET_S:
            return
        time.sleep(1)


def span(seconds: float) -> str:
    """A duration for people: 3.2 s, 12 min, 5.0 h, 557 days."""
    for unit, size, digits in (("days", 86_400, 0), ("h", 3_600, 1), ("min", 60, 0)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:,.{digits}f} {unit}"
    return f"{seconds:,.1f} s"


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
