"""Documents by kind of index (api, errors, …), as they are and as a snapshot remembers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from elasticsearch import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from elasticsearch import Elasticsearch

#: `-YYYY.MM.dd`.
DAY: Final = 11
#: Under this name in a snapshot's metadata, of which Elasticsearch takes 1 KiB: so by kind, not by index.
METADATA: Final = "holysheep"
Range = tuple[int, int]


def by_index(es: Elasticsearch, pattern: str) -> dict[str, int]:
    """Documents of each open index, those counted too that a search does not find yet."""
    try:
        es.indices.refresh(index=pattern)
        found = es.indices.stats(index=pattern, metric="docs", filter_path="indices.*.primaries.docs.count")
    except NotFoundError:
        return {}
    return {name: one["primaries"]["docs"]["count"] for name, one in found.get("indices", {}).items()}


def kind(index: str, prefix: str) -> str:
    """`api` of `restored-holysheep-api-2026.11.21`."""
    return index.partition(f"{prefix}-")[2][:-DAY]


def by_kind(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    """The same added up by kind."""
    found: dict[str, int] = {}
    for index, count in sorted(counts.items()):
        found[kind(index, prefix)] = found.get(kind(index, prefix), 0) + count
    return found


def metadata(prefix: str, documents: Mapping[str, int]) -> dict[str, Any]:
    """What is written into a snapshot: documents at its start. Later ones may be in it too."""
    return {METADATA: {"prefix": prefix, "documents": dict(documents)}}


def remembered(snapshot: Mapping[str, Any]) -> dict[str, int]:
    """The documents that a snapshot's metadata tells of; empty when it was not made by this bundle."""
    told = (snapshot.get("metadata") or {}).get(METADATA) or {}
    return {str(name): int(count) for name, count in (told.get("documents") or {}).items()}


def whole_kinds(indices: Iterable[str], everything: Iterable[str], prefix: str) -> set[str]:
    """Kinds of which every index of a snapshot is among `indices`: only those can be compared with its counts."""
    chosen = set(indices)
    left = {kind(index, prefix) for index in everything if index not in chosen}
    return {kind(index, prefix) for index in chosen} - left
