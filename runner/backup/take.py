"""Takes snapshots, and reads what is in them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import BadRequestError, ConflictError, NotFoundError

from generator.errors import UserError
from runner.cluster import counts
from runner.cluster.reasons import reason_of

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

POLL_S: Final = 0.5
#: Names that Elasticsearch accepts for a snapshot and that need no quotes in a shell.
FORM: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
Progress = Callable[[int, int], None]
Row = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """A snapshot. `documents`: by kind when it began; empty when it was not taken by this bundle."""

    name: str
    state: str
    when: str
    version: str
    indices: list[str]
    documents: dict[str, int]
    size_bytes: int
    failures: list[str]

    @property
    def good(self) -> bool:
        """Whether all of its indices can be restored."""
        return self.state == "SUCCESS"


def new_name(now: datetime | None = None) -> str:
    """A name that sorts by time: `2026.11.21-073000-123` (UTC, milliseconds).

    Milliseconds keep the names of a backup and of a restore in the same second apart.
    """
    moment = now or datetime.now(UTC)
    return f"{moment:%Y.%m.%d-%H%M%S}-{moment.microsecond // 1000:03d}"


def check_name(name: str) -> str:
    """The name. UserError when it can't be a snapshot's name."""
    if not FORM.fullmatch(name):
        raise UserError(f"{name!r} can't be a snapshot's name", hint="use lower-case letters, digits, . - _")
    return name


def take(  # noqa: PLR0913  # each parameter is an option of the snapshot
    es: Elasticsearch, repository: str, name: str, prefix: str, progress: Progress, *, indices: list[str] | None = None
) -> Snapshot:
    """Take a snapshot of all indices of the bundle (or of `indices`), and wait for its end.

    `progress` gets (number of finished shards, number of all). The cluster's state is not in the snapshot: templates,
    policies and roles come from the checkout. Raises UserError when the name exists or there is no index.
    """
    pattern = f"{prefix}-*"
    documents = counts.by_index(es, pattern)
    if not documents:
        raise UserError(f"there is no index {pattern}, so nothing to back up", hint="feed log lines: make up")
    chosen = indices or [pattern]
    in_chosen = {index: count for index, count in documents.items() if indices is None or index in indices}
    try:
        es.snapshot.create(
            repository=repository,
            snapshot=name,
            indices=",".join(chosen),
            include_global_state=False,
            feature_states=["none"],
            metadata=counts.metadata(prefix, counts.by_kind(in_chosen, prefix)),
            wait_for_completion=False,
        )
    except (BadRequestError, ConflictError) as error:
        reason = reason_of(error)
        if "already" in reason:
            raise UserError(f"there is a snapshot {name!r} already", hint="choose another --name") from error
        raise UserError(f"Elasticsearch refuses the snapshot: {reason}", where=f"snapshot {name}") from error
    while True:
        shards = es.snapshot.status(repository=repository, snapshot=name)["snapshots"][0]["shards_stats"]
        progress(shards["done"] + shards["failed"], shards["total"])
        # The status is SUCCESS as soon as the shards are copied, before the snapshot is complete.
        snapshot = es.snapshot.get(repository=repository, snapshot=name)["snapshots"][0]
        if snapshot["state"] != "IN_PROGRESS":
            break
        time.sleep(POLL_S)
    return by_name(es, repository, name)


def every(es: Elasticsearch, repository: str) -> list[Snapshot]:
    """All snapshots of a repository, the newest first."""
    answer = es.snapshot.get(
        repository=repository, snapshot="*", index_details=True, sort="start_time", order="desc", verbose=True
    )
    return [_read(snapshot) for snapshot in answer["snapshots"]]


def by_name(es: Elasticsearch, repository: str, name: str) -> Snapshot:
    """The snapshot with this name. UserError, with the existing names, when there is none."""
    try:
        answer = es.snapshot.get(repository=repository, snapshot=check_name(name), index_details=True)
    except NotFoundError:
        names = [snapshot.name for snapshot in every(es, repository)]
        listed = ", ".join(names[:5]) + (", …" if names[5:] else "") if names else "none"
        raise UserError(
            f"there is no snapshot {name!r}; existing: {listed}", hint="see .venv/bin/holysheep-elk backup --list"
        ) from None
    return _read(answer["snapshots"][0])


def _read(snapshot: Row) -> Snapshot:
    details = snapshot.get("index_details") or {}
    return Snapshot(
        name=str(snapshot["snapshot"]),
        state=str(snapshot["state"]),
        when=str(snapshot.get("start_time", "")),
        version=str(snapshot.get("version", "")),
        indices=sorted(snapshot.get("indices", [])),
        documents=counts.remembered(snapshot),
        size_bytes=sum(int(detail["size_in_bytes"]) for detail in details.values()),
        failures=[f"{failure.get('index')}: {failure.get('reason')}" for failure in snapshot.get("failures", [])],
    )
