"""Counts documents by kind of index (api, errors, …): those in the cluster, and those noted in a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from elasticsearch import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from elasticsearch import Elasticsearch

#: Length of `-YYYY.MM.dd` at the end of an index's name.
DAY: Final = 11
#: The key in a snapshot's metadata. Elasticsearch takes 1 KiB of metadata, so counts are noted by kind, not by index.
METADATA: Final = "holysheep"


def by_index(es: Elasticsearch, pattern: str) -> dict[str, int]:
    """Documents of each open index. A refresh comes first, so documents that no search can find yet are counted."""
    try:
        es.indices.refresh(index=pattern)
        stats = es.indices.stats(index=pattern, metric="docs", filter_path="indices.*.primaries.docs.count")
    except NotFoundError:
        return {}
    return {name: index["primaries"]["docs"]["count"] for name, index in stats.get("indices", {}).items()}


def kind(index: str, prefix: str) -> str:
    """`api` of `restored-holysheep-api-2026.11.21`."""
    return index.partition(f"{prefix}-")[2][:-DAY]


def by_kind(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    """Documents by kind of index, from documents by index."""
    totals: dict[str, int] = {}
    for index, count in sorted(counts.items()):
        totals[kind(index, prefix)] = totals.get(kind(index, prefix), 0) + count
    return totals


def metadata(prefix: str, documents: Mapping[str, int]) -> dict[str, Any]:
    """A snapshot's metadata: the documents by kind when it began. Documents that came later may be in it too."""
    return {METADATA: {"prefix": prefix, "documents": dict(documents)}}


def remembered(snapshot: Mapping[str, Any]) -> dict[str, int]:
    """The documents by kind in a snapshot's metadata; empty when the snapshot was not made by this bundle."""
    noted = (snapshot.get("metadata") or {}).get(METADATA) or {}
    return {str(name): int(count) for name, count in (noted.get("documents") or {}).items()}


def whole_kinds(indices: Iterable[str], everything: Iterable[str], prefix: str) -> set[str]:
    """The kinds whose indices are all among `indices`: only those can be compared with a snapshot's counts.

    `everything`: all indices of the snapshot.
    """
    chosen = set(indices)
    incomplete = {kind(index, prefix) for index in everything if index not in chosen}
    return {kind(index, prefix) for index in chosen} - incomplete
