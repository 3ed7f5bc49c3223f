"""A running Elasticsearch of the embedded mode, as tests see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.lines.feed import rules_of
from runner.runtimes.embedded import elasticsearch, secret

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.host.jdk import Jdk
    from runner.runtimes.embedded.layout import Layout


@dataclass(frozen=True)
class Node:
    """Where it is, and how to speak to it."""

    layout: Layout
    jdk: Jdk
    port: int

    @property
    def prefix(self) -> str:
        """The index prefix of the rendered rules."""
        return rules_of()[1]

    def client(self, user: str = secret.ADMIN) -> Elasticsearch:
        """A client of one of the three users."""
        return elasticsearch.client(self.layout, self.port, user)

    def counts(self, **query: dict[str, object]) -> dict[str, int]:
        """Documents by kind of index (api, errors, …), all days together, of a query or all."""
        with self.client() as es:
            es.indices.refresh(index=f"{self.prefix}-*")
            result = es.search(
                index=f"{self.prefix}-*",
                size=0,
                query=query or {"match_all": {}},
                aggregations={"i": {"terms": {"field": "_index", "size": 10_000}}},
            )
        counts: dict[str, int] = {}
        for bucket in result["aggregations"]["i"]["buckets"]:
            kind = bucket["key"].removeprefix(f"{self.prefix}-")[:-11]
            counts[kind] = counts.get(kind, 0) + bucket["doc_count"]
        return counts

    def wipe(self) -> None:
        """Remove all documents; templates stay."""
        with self.client() as es:
            names = list(es.indices.get(index=f"{self.prefix}-*"))
            if names:
                es.indices.delete(index=names)
