"""The daily indices that are sealed, and whether one was written to since it was last read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import AuthorizationException

from runner.compliance.seals.reading import words

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

#: Kinds of index that are sealed: everything that the pipeline or a command writes once. Not the synthetic lines of the
#: canary, nor what is worked out from other documents and written again, nor seals, which are a chain themselves.
KINDS: Final = ("api", "errors", "audit", "usage", "access", "system", "rejected", "deadletter", "changes", "erasures")


@dataclass(frozen=True, order=True)
class DailyIndex:
    """One day of one kind."""

    day: date
    name: str
    kind: str


def parse(name: str, prefix: str) -> DailyIndex | None:
    """The daily index of a name; None when it is no kind that is sealed."""
    match = re.fullmatch(rf"{re.escape(prefix)}-([a-z]+)-(\d{{4}})\.(\d\d)\.(\d\d)", name)
    if not match or match[1] not in KINDS:
        return None
    try:
        return DailyIndex(date(int(match[2]), int(match[3]), int(match[4])), name, match[1])
    except ValueError:
        return None


def existing(es: Elasticsearch, prefix: str) -> list[DailyIndex]:
    """All open indices of the sealed kinds, in order of day and name. UserError when they can't be listed.

    Whoever closes an index hides its documents from every reader, so it counts as removed, and the others are read.
    """
    options: dict[str, Any] = {"ignore_unavailable": True, "allow_no_indices": True}
    with words():
        names = es.indices.get_settings(
            index=f"{prefix}-*", name="index.uuid", expand_wildcards=["open", "hidden"], **options
        )
    return sorted(index for name in names if (index := parse(name, prefix)))


def is_closed(index: DailyIndex, now: datetime, grace: timedelta) -> bool:
    """Whether an index's day is over, and the grace for late lines, too."""
    end = datetime(index.day.year, index.day.month, index.day.day, tzinfo=UTC) + timedelta(days=1)
    return now >= end + grace


def states(es: Elasticsearch, prefix: str) -> dict[str, list[Any]]:
    """Of each index a value that every write changes; empty where the user may not ask."""
    options: dict[str, Any] = {"index": f"{prefix}-*", "metric": "docs", "level": "shards"}
    try:
        answer = es.indices.stats(**options, filter_path="indices.*.uuid,indices.*.shards.*.seq_no.max_seq_no")
    except AuthorizationException:
        return {}
    return {
        name: [item.get("uuid"), *sorted({shard["seq_no"]["max_seq_no"] for shard in _shards(item)})]
        for name, item in answer.get("indices", {}).items()
    }


def _shards(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [shard for copies in item.get("shards", {}).values() for shard in copies if "seq_no" in shard]
