"""Takes a snapshot, and says what is in one."""

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
from runner.cluster.apply import reason_of

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

POLL_S: Final = 0.5
#: What Elasticsearch takes as a snapshot's name, and what nobody must quote in a shell.
FORM: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
Progress = Callable[[int, int], None]
Row = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """One snapshot. `documents` by kind at its start; empty when something else than this bundle took it."""

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
        """Whether all of it can be brought back."""
        return self.state == "SUCCESS"


def new_name(now: datetime | None = None) -> str:
    """A name that sorts by time: `2026.11.21-073000-123` (UTC, to the millisecond, since a restore makes one too)."""
    moment = now or datetime.now(UTC)
    return f"{moment:%Y.%m.%d-%H%M%S}-{moment.microsecond // 1000:03d}"


def check_name(name: str) -> str:
    """The name, if it can be one. UserError else."""
    if not FORM.fullmatch(name):
        raise UserError(f"{name!r} can't be a snapshot's name", hint="small letters, digits, dots, - and _ are allowed")
    return name


def take(  # noqa: PLR0913  # each is one fact of a snapshot
    es: Elasticsearch, repository: str, name: str, prefix: str, progress: Progress, *, indices: list[str] | None = None
) -> Snapshot:
    """Snapshot all indices of the bundle (or the given ones) and wait for its end. `progress`: (shards done, all).

    Without the cluster's state: templates, policies and roles come from the checkout. Raises UserError when the name is
    taken and when there is nothing to take.
    """
    pattern = f"{prefix}-*"
    held = counts.by_index(es, pattern)
    if not held:
        raise UserError(f"there is no index {pattern}, so nothing to back up", hint="feed something: make up")
    chosen = indices or [pattern]
    told = counts.by_kind({one: n for one, n in held.items() if indices is None or one in indices}, prefix)
    try:
        es.snapshot.create(
            repository=repository,
            snapshot=name,
            indices=",".join(chosen),
            include_global_state=False,
            feature_states=["none"],
            metadata=counts.metadata(prefix, told),
            wait_for_completion=False,
        )
    except (BadRequestError, ConflictError) as error:
        said = reason_of(error)
        if "already" in said:
            raise UserError(f"there is a snapshot {name!r} already", hint="take another --name") from error
        raise UserError(f"Elasticsearch refuses: {said}", where=f"snapshot {name}") from error
    while True:
        shards = es.snapshot.status(repository=repository, snapshot=name)["snapshots"][0]["shards_stats"]
        progress(shards["done"] + shards["failed"], shards["total"])
        # Its status says SUCCESS as soon as the shards are there, while the snapshot is still being written down.
        found = es.snapshot.get(repository=repository, snapshot=name)["snapshots"][0]
        if found["state"] != "IN_PROGRESS":
            break
        time.sleep(POLL_S)
    return one(es, repository, name)


def every(es: Elasticsearch, repository: str) -> list[Snapshot]:
    """All snapshots of a repository, the newest first."""
    found = es.snapshot.get(
        repository=repository, snapshot="*", index_details=True, sort="start_time", order="desc", verbose=True
    )
    return [_read(snapshot) for snapshot in found["snapshots"]]


def one(es: Elasticsearch, repository: str, name: str) -> Snapshot:
    """One by its name. UserError names those that there are."""
    try:
        found = es.snapshot.get(repository=repository, snapshot=check_name(name), index_details=True)
    except NotFoundError:
        there = [snapshot.name for snapshot in every(es, repository)]
        listed = ", ".join(there[:5]) + (", …" if there[5:] else "") if there else "none"
        raise UserError(
            f"there is no snapshot {name!r}; there are: {listed}", hint="see .venv/bin/holysheep-elk backup --list"
        ) from None
    return _read(found["snapshots"][0])


def _read(found: Row) -> Snapshot:
    details = found.get("index_details") or {}
    return Snapshot(
        name=str(found["snapshot"]),
        state=str(found["state"]),
        when=str(found.get("start_time", "")),
        version=str(found.get("version", "")),
        indices=sorted(found.get("indices", [])),
        documents=counts.remembered(found),
        size_bytes=sum(int(detail["size_in_bytes"]) for detail in details.values()),
        failures=[f"{bad.get('index')}: {bad.get('reason')}" for bad in found.get("failures", [])],
    )
