"""Reads Elasticsearch's clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


def ahead(es: Elasticsearch) -> float | None:
    """Seconds that Elasticsearch's clock is ahead of this machine's; None when it gives no time.

    Elasticsearch sends no Date header. The timestamp of its node statistics is used instead.
    """
    before = time.time()
    answer = es.nodes.stats(node_id="_local", metric="process", filter_path="nodes.*.timestamp")
    middle = (before + time.time()) / 2
    stamps = [node["timestamp"] for node in answer.get("nodes", {}).values()]
    return stamps[0] / 1000 - middle if stamps else None
