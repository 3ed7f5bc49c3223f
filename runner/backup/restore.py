"""Carries a plan out: nothing that is there is deleted before a snapshot holds it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError

from generator.errors import UserError
from runner.cluster import counts
from runner.cluster.apply import reason_of

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.backup.plan import Plan
    from runner.backup.take import Progress

POLL_S: Final = 0.5
#: Nothing moved for so long: it will not.
STUCK_S: Final = 60.0
#: Names in one request: its address may have 4,096 bytes.
BATCH: Final = 50
SAFETY: Final = "before-restore-"


@dataclass(frozen=True)
class Restored:
    """What came of it. `expected` by kind: what the snapshot says, only where whole kinds were brought back."""

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
    """Bring the indices back and wait until each can be searched. `progress`: (indices, all). UserError: why not."""
    body: dict[str, Any] = {"indices": ",".join(plan.targets), "include_global_state": False, "include_aliases": False}
    if plan.way == "rename":
        rename = next(iter(plan.targets.values())).removesuffix(next(iter(plan.targets)))
        # A copy to look at is not the lifecycle's to delete, which goes by the day in the name.
        body |= {"rename_pattern": "(.+)", "rename_replacement": f"{rename}$1"}
        body["ignore_index_settings"] = ["index.lifecycle.*"]
    try:
        es.snapshot.restore(repository=repository, snapshot=plan.snapshot.name, wait_for_completion=False, **body)
    except ApiError as error:
        raise UserError(f"Elasticsearch refuses: {reason_of(error)}", where=plan.snapshot.name) from error
    targets = set(plan.targets.values())
    pattern = f"{rename}{prefix}-*" if plan.way == "rename" else f"{prefix}-*"
    _wait(es, pattern, targets, progress)
    held = {name: count for name, count in counts.by_index(es, pattern).items() if name in targets}
    whole = counts.whole_kinds(plan.targets, plan.snapshot.indices, prefix)
    expected = {kind: count for kind, count in plan.snapshot.documents.items() if kind in whole}
    return Restored(counts.by_kind(held, prefix), expected)


def _wait(es: Elasticsearch, pattern: str, targets: set[str], progress: Progress) -> None:
    moved, last = time.monotonic(), -1
    while True:
        health = es.cluster.health(index=pattern, level="indices", expand_wildcards="open")
        states = health.get("indices", {})
        left = sorted(name for name in targets if states.get(name, {}).get("status", "red") == "red")
        done = len(targets) - len(left)
        progress(done, len(targets))
        if not left:
            return
        now = time.monotonic()
        busy = any(states.get(name, {}).get("initializing_shards") for name in left)
        moved, last = (now, done) if done != last or busy else (moved, last)
        if now - moved > STUCK_S:
            raise UserError(f"{len(left)} indices do not come back, {left[0]} first: {_why(es, left[0])}")
        time.sleep(POLL_S)


def _why(es: Elasticsearch, index: str) -> str:
    try:
        said = es.cluster.allocation_explain(index=index, shard=0, primary=True)
    except ApiError as error:
        return reason_of(error)
    return str(said.get("unassigned_info", {}).get("details") or said.get("allocate_explanation") or "no reason given")
