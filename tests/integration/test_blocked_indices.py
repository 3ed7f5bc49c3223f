"""Blocked and red indices of a real node, found with the reader's rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.cluster import blocked
from runner.cluster.blocked import Blocked
from runner.runtimes.embedded import secret

if TYPE_CHECKING:
    from tests.integration.node import Node


def test_the_reader_finds_what_takes_no_documents(empty: Node) -> None:
    """A block, and a shard that may be on no node; the writer may not look, and is told so."""
    prefix = empty.prefix
    with empty.client() as es:
        for kind in ("api", "errors"):
            es.indices.create(index=f"{prefix}-{kind}-2026.11.27")
        nowhere = {"index.routing.allocation.require._name": "nowhere"}
        es.indices.create(index=f"{prefix}-system-2026.11.27", settings=nowhere, wait_for_active_shards=0)
        es.indices.put_settings(index=f"{prefix}-errors-2026.11.27", settings={"index.blocks.write": True})
    with empty.client(secret.READER) as es:
        assert blocked.read(es, prefix).indices == [
            Blocked(f"{prefix}-errors-2026.11.27", "index.blocks.write"),
            Blocked(f"{prefix}-system-2026.11.27", "red"),
        ]
        assert blocked.read(es, "nothing").indices == []
    with empty.client(secret.WRITER) as es:
        assert "view_index_metadata" in blocked.read(es, prefix).unseen
