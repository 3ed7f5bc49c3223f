"""Finds indices that take no documents: with a block, or red.

Logstash sends documents for such an index again and again, and all lines behind them wait.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError, AuthorizationException

from runner.cluster.reasons import reason_of
from runner.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from elasticsearch import Elasticsearch

RED: Final = "red"
BLOCK: Final = "index.blocks."
REMOVE: Final = "somebody has set this block, and somebody must remove it (set it to null)"
#: Why an index takes no documents → what that means, and what to do. Of several the first counts.
CAUSES: Final = {
    f"{BLOCK}read_only_allow_delete": "the disk is nearly full; free some space, and Elasticsearch removes the block",
    f"{BLOCK}read_only": REMOVE,
    f"{BLOCK}write": REMOVE,
    RED: "a shard is on no node; GET _cluster/allocation/explain says why",
}
SHARDS: Final = "index.number_of_shards"
#: States of a primary shard that takes documents.
TAKES: Final = ("STARTED", "RELOCATING")
#: Indices that are named.
SHOWN: Final = 3
MISSING: Final = 404


@dataclass(frozen=True)
class Blocked:
    """An index that takes no documents. `why`: a key of CAUSES."""

    index: str
    why: str


@dataclass(frozen=True)
class Found:
    """The indices that take no documents, by name; `unseen`: why they could not be looked for, else empty."""

    indices: list[Blocked]
    unseen: str = ""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"indices_blocked": [asdict(item) for item in self.indices], "indices_unseen": self.unseen}

    def words(self) -> list[str]:
        """A line for each reason: the first indices by name, and what to do."""
        return [
            f"Elasticsearch takes no documents for {_names(names)} ({why}): {what}. All lines behind such a document "
            "wait: docs/troubleshooting.md"
            for why, what in CAUSES.items()
            if (names := [item.index for item in self.indices if item.why == why])
        ]


def read(es: Elasticsearch, prefix: str) -> Found:
    """Look for them. The right `view_index_metadata` is enough: without it the answer says so.

    Raises ApiError and TransportError for anything else.
    """
    pattern = f"{prefix}-*"
    try:
        settings = es.indices.get_settings(index=pattern, name=f"{BLOCK}*,{SHARDS}", flat_settings=True)
        shards = es.search_shards(index=pattern, filter_path="shards.index,shards.state,shards.primary")
    except AuthorizationException as error:
        return Found([], reason_of(error))
    except ApiError as error:
        if error.meta.status != MISSING:
            raise
        return Found([])
    return Found(look(settings.body, shards.body.get("shards", [])))


def look(settings: Mapping[str, Any], shards: Iterable[Iterable[Mapping[str, Any]]]) -> list[Blocked]:
    """The indices that take no documents, by the answers of `_settings` (flat) and `_search_shards`."""
    started: dict[str, int] = {}
    for copies in shards:
        for copy in copies:
            if copy.get("primary") and copy.get("state") in TAKES:
                started[copy["index"]] = started.get(copy["index"], 0) + 1
    found = []
    for index, rest in sorted(settings.items()):
        flat = rest["settings"]
        reasons = [why for why in CAUSES if flat.get(why) == "true"]
        if started.get(index, 0) < int(flat.get(SHARDS, 1)):
            reasons.append(RED)
        found += [Blocked(index, why) for why in reasons[:1]]
    return found


def _names(indices: list[str]) -> str:
    rest = len(indices) - SHOWN
    return ", ".join(indices[:SHOWN]) + (f" and {counted(rest, 'other index', 'other indices')}" if rest > 0 else "")
