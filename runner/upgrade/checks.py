"""Checks the running cluster before an upgrade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError

from generator.errors import UserError
from runner.backup import repository, take
from runner.backup.restore import SAFETY
from runner.cluster import counts, versions
from runner.findings import Finding, better
from runner.upgrade import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

SHOWN: Final = 5
Row = dict[str, Any]


def step(running: str, target: str) -> Finding:
    """Check whether this step from version to version is supported."""
    try:
        kind = steps.judge(steps.parse(running), steps.parse(target))
    except UserError as error:
        return Finding("step", "wrong", error.what, error.hint or "")
    if kind == "none":
        return Finding("step", "ok", f"{running} runs already")
    return Finding("step", "ok", f"{running} → {target}, a {kind} step")


def cluster(es: Elasticsearch, prefix: str) -> Iterator[Finding]:
    """Check the cluster's health, and the dead letters and rejected lines of the last 24 hours."""
    health = es.cluster.health()
    moving = int(health["relocating_shards"]) + int(health["initializing_shards"])
    what = f"health is {health['status']}" + (f", {moving} shards are moving" if moving else "")
    hint = "GET _cluster/allocation/explain shows the reason"
    yield better("cluster", what, well=health["status"] != "red" and not moving, hint=hint)
    for kind, why in (("deadletter", "refused documents"), ("rejected", "rejected lines")):
        recent = {"range": {"event.created": {"gte": "now-24h"}}}
        answer = es.count(index=f"{prefix}-{kind}-*", query=recent, ignore_unavailable=True, allow_no_indices=True)
        number = int(answer["count"])
        hint = "look at them first: a new version does not repair them"
        yield better(kind, f"{number:,} {why} in 24 hours", well=not number, otherwise="warning", hint=hint)


def deprecations(es: Elasticsearch) -> Finding:
    """Check the deprecations that Elasticsearch calls critical; they stop a major upgrade."""
    headers = {"accept": "application/json"}
    try:
        answer: Row = es.perform_request("GET", "/_migration/deprecations", headers=headers).body
    except ApiError:
        what = "this Elasticsearch does not list its deprecations"
        return Finding("deprecations", "warning", what, "see Kibana: Upgrade Assistant")
    critical = [
        f"{place}: {deprecation.get('message')}"
        for place, deprecation in _each(answer)
        if str(deprecation.get("level", "")).lower() == "critical"
    ]
    if not critical:
        return Finding("deprecations", "ok", "Elasticsearch calls none critical")
    listed = "; ".join(critical[:SHOWN]) + (f"; and {len(critical) - SHOWN} more" if critical[SHOWN:] else "")
    return Finding("deprecations", "wrong", f"{len(critical)} critical: {listed}", "see Kibana: Upgrade Assistant")


def _each(answer: Row) -> Iterator[tuple[str, Row]]:
    """(place, deprecation) for each deprecation. Some kinds are lists, others are lists by index or template."""
    for kind, value in answer.items():
        for name, deprecations in value.items() if isinstance(value, dict) else [(kind, value)]:
            yield from ((str(name), deprecation) for deprecation in deprecations if isinstance(deprecation, dict))


def backup(  # noqa: PLR0913  # each parameter is a condition of the check
    es: Elasticsearch, name: str, prefix: str, *, hours: float, without: bool, now: datetime | None = None
) -> Finding:
    """Check for a complete, recent snapshot of all indices. `without`: --no-backup was given."""
    if without:
        return Finding("backup", "warning", "not checked (--no-backup); without a backup there is no way back")
    hint = "take one: make backup COPY_TO=…; to upgrade without: --no-backup"
    snapshots = take.every(es, name) if repository.find(es, name) else []
    good = [snapshot for snapshot in snapshots if snapshot.good and not snapshot.name.startswith(SAFETY)]
    if not good:
        return Finding("backup", "wrong", "there is no complete snapshot", hint)
    newest = good[0]
    age = (now or datetime.now(UTC)) - datetime.fromisoformat(newest.when)
    if age > timedelta(hours=hours):
        return Finding(
            "backup", "wrong", f"the newest, {newest.name}, is {age.total_seconds() / 3600:,.0f} h old", hint
        )
    if missing := sorted(set(counts.by_index(es, f"{prefix}-*")) - set(newest.indices)):
        return Finding("backup", "wrong", f"{newest.name} lacks {len(missing)} indices ({missing[0]}, …)", hint)
    return Finding("backup", "ok", f"{newest.name}, {age.total_seconds() / 3600:.1f} h old, has every index")


def fewer(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Kinds with fewer documents than before → how many are missing."""
    return {kind: count - after.get(kind, 0) for kind, count in before.items() if after.get(kind, 0) < count}


def newer(version: str, other: str) -> bool:
    """Whether a version is newer than another; False when one of them can't be read."""
    left, right = versions.parse(version), versions.parse(other)
    return bool(left and right and left > right)
