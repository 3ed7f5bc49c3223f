"""Where the card departs from a price list, as documents. One index of the day holds each once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from runner.prices.compare import Row

#: By which dashboards and the alert rule `price-drift` know the documents.
PROGRAM: Final = "holysheep-prices"


def documents(rows: Iterable[Row], source: str, prefix: str, now: datetime) -> list[dict[str, Any]]:
    """Bulk actions (create): one for each model whose prices differ from those of the source."""
    time = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    actions: list[dict[str, Any]] = []
    for row in rows:
        if row.verdict != "differs":
            continue
        theirs = ", ".join(f"{field} {value}" for field, _, value in row.differences)
        both = ", ".join(f"{field} {ours} instead of {value}" for field, ours, value in row.differences)
        # Other prices are news, the same ones are not.
        event_id = f"{source} {row.model}: {theirs}"
        document = {
            "@timestamp": time,
            "event": {"id": event_id, "created": time},
            "holysheep": {"source": "prices"},
            "service": {"name": source},
            "process": {"name": PROGRAM},
            "log": {"level": "warning"},
            "message": f"{row.model}: our card has {both} USD per million tokens ({source})",
        }
        digest = hashlib.sha256(event_id.encode()).hexdigest()
        index = f"{prefix}-system-{now:%Y.%m.%d}"
        actions.append({"_op_type": "create", "_index": index, "_id": digest[:32], "_source": document})
    return actions
