"""How far the documents have come: the age of the newest line, and the time from an event to Elasticsearch."""

from __future__ import annotations

import statistics
import time
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

#: Of so many of the newest lines the lag is measured.
NEWEST: Final = 100
#: Counts that stay the same for so long are final: three times what a line takes at worst.
QUIET_S: Final = 15.0
LONGEST_S: Final = 180.0


def lag(es: Elasticsearch, prefix: str) -> dict[str, float | None]:
    """`newest_s`: seconds since the newest searchable line was first seen, by this machine's clock.

    `lag_s`: seconds from an event to when its line was first seen, the median of the newest lines; both None without
    documents. Old logs that are fed again have a lag of their age.
    """
    answer = es.search(
        index=f"{prefix}-*",
        size=NEWEST,
        sort=[{"event.created": {"order": "desc", "unmapped_type": "date"}}],
        source={"includes": ["@timestamp", "event.created"]},
        ignore_unavailable=True,
        allow_no_indices=True,
    )
    sources = [hit["_source"] for hit in answer["hits"]["hits"]]
    seen = [
        (_seconds(source["event"]["created"]), _seconds(source["@timestamp"]))
        for source in sources
        if "created" in source.get("event", {})
    ]
    if not seen:
        return {"newest_s": None, "lag_s": None}
    return {
        "newest_s": round(time.time() - seen[0][0], 1),
        "lag_s": round(statistics.median(created - event for created, event in seen), 1),
    }


def settled(es: Elasticsearch, prefix: str) -> None:
    """Return when the number of documents has stopped growing."""
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
    """For people: 3.2 s, 12 min, 5.0 h, 557 days."""
    for unit, size, digits in (("days", 86_400, 0), ("h", 3_600, 1), ("min", 60, 0)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:,.{digits}f} {unit}"
    return f"{seconds:,.1f} s"


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
