"""Carries out the plan of a restore, and waits until the indices can be searched."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError

from generator.errors import UserError
from runner.cluster import counts
from runner.cluster.reasons import reason_of

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.backup.plan import Plan
    from runner.backup.take import Progress

POLL_S: Final = 0.5
#: A restore without any progress for this time has failed.
STUCK_S: Final = 60.0
#: Number of index names in a request, whose address may have 4,096 bytes.
BATCH: Final = 50
#: Prefix of the snapshots of indices that a restore replaced.
SAFETY: Final = "before-restore-"


@dataclass(frozen=True)
class Restored:
    """The result of a restore, as documents by kind of index.

    `expected`: the counts in the snapshot, for the kinds whose indices were all restored.
    """

    documents: dict[str, int]
    expected: dict[str, int]

    @property
    def short(self) -> dict[str, int]:
        """Kinds with fewer documents than the snapshot had at its start → how many are missing."""
        return {kind: want - self.documents.get(kind, 0) for kind, want in self.expected.items()
                if self.documents.get(kind, 0) < want}  # fmt: skip


def remove(es: Elasticsearch, names: list[str]) -> None:
    """Delete indices by their full names."""
    for at in range(0, len(names), BATCH):
        es.indices.delete(index=names[at : at + BATCH])


def restore(es: Elasticsearch, repository: str, plan: Plan, prefix: str, progress: Progress) -> Restored:
    """Restore the indices, and wait until each can be searched. UserError with the reason when an index can't.

    `progress` gets (number of restored indices, number of all).
    """
    body: dict[str, Any] = {"indices": ",".join(plan.targets), "include_global_state": False, "include_aliases": False}
    if plan.mode == "rename":
        rename = next(iter(plan.targets.values())).removesuffix(next(iter(plan.targets)))
        # The lifecycle must not delete a copy by the day in its name.
        body |= {"rename_pattern": "(.+)", "rename_replacement": f"{rename}$1"}
        body["ignore_index_settings"] = ["index.lifecycle.*"]
    try:
        es.snapshot.restore(repository=repository, snapshot=plan.snapshot.name, wait_for_completion=False, **body)
    except ApiError as error:
        what = f"Elasticsearch refuses the restore: {reason_of(error)}"
        raise UserError(what, where=plan.snapshot.name) from error
    targets = set(plan.targets.values())
    pattern = f"{rename}{prefix}-*" if plan.mode == "rename" else f"{prefix}-*"
    _wait(es, pattern, targets, progress)
    restored = {name: count for name, count in counts.by_index(es, pattern).items() if name in targets}
    whole = counts.whole_kinds(plan.targets, plan.snapshot.indices, prefix)
    expected = {kind: count for kind, count in plan.snapshot.documents.items() if kind in whole}
    return Restored(counts.by_kind(restored, prefix), expected)


def _wait(es: Elasticsearch, pattern: str, targets: set[str], progress: Progress) -> None:
    moved, last = time.monotonic(), -1
    while True:
        health = es.cluster.health(index=pattern, level="indices", expand_wildcards="open")
        states = health.get("indices", {})
        waiting = sorted(name for name in targets if states.get(name, {}).get("status", "red") == "red")
        done = len(targets) - len(waiting)
        progress(done, len(targets))
        if not waiting:
            return
        now = time.monotonic()
        busy = any(states.get(name, {}).get("initializing_shards") for name in waiting)
        moved, last = (now, done) if done != last or busy else (moved, last)
        if now - moved > STUCK_S:
            raise UserError(f"{len(waiting)} indices can't be restored, such as {waiting[0]}: {_why(es, waiting[0])}")
        time.sleep(POLL_S)


def _why(es: Elasticsearch, index: str) -> str:
    try:
        explanation = es.cluster.allocation_explain(index=index, shard=0, primary=True)
    except ApiError as error:
        return reason_of(error)
    return str(
        explanation.get("unassigned_info", {}).get("details")
        or explanation.get("allocate_explanation")
        or "no reason given"
    )
