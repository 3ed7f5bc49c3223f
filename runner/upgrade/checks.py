"""What must hold before an upgrade, asked of the running cluster."""

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

BACKUP_HOURS: Final = 24
SHOWN: Final = 5
Row = dict[str, Any]


def step(running: str, target: str) -> Finding:
    """Whether that step may be taken."""
    try:
        kind = steps.judge(steps.parse(running), steps.parse(target))
    except UserError as error:
        return Finding("step", "wrong", error.what, error.hint or "")
    if kind == "none":
        return Finding("step", "ok", f"{running} is what runs already")
    return Finding("step", "ok", f"{running} → {target}, a {kind} step")


def cluster(es: Elasticsearch, prefix: str) -> Iterator[Finding]:
    """Health, and lines that came to grief of late."""
    health = es.cluster.health()
    moving = int(health["relocating_shards"]) + int(health["initializing_shards"])
    what = f"health is {health['status']}" + (f", {moving} shards are on the move" if moving else "")
    hint = "GET _cluster/allocation/explain says why"
    yield better("cluster", what, well=health["status"] != "red" and not moving, hint=hint)
    for kind, why in (("deadletter", "refused documents"), ("rejected", "lines that were not understood")):
        recent = {"range": {"event.created": {"gte": "now-24h"}}}
        found = es.count(index=f"{prefix}-{kind}-*", query=recent, ignore_unavailable=True, allow_no_indices=True)
        number = int(found["count"])
        hint = "look at them first: a new version does not put them right"
        yield better(kind, f"{number:,} {why} in 24 hours", well=not number, otherwise="warning", hint=hint)


def deprecations(es: Elasticsearch) -> Finding:
    """What Elasticsearch itself calls critical before a major step."""
    headers = {"accept": "application/json"}
    try:
        said: Row = es.perform_request("GET", "/_migration/deprecations", headers=headers).body
    except ApiError:
        return Finding("deprecations", "warning", "this Elasticsearch does not tell them", "Kibana: Upgrade Assistant")
    critical = [
        f"{place}: {one.get('message')}"
        for place, one in _each(said)
        if str(one.get("level", "")).lower() == "critical"
    ]
    if not critical:
        return Finding("deprecations", "ok", "Elasticsearch calls none critical")
    listed = "; ".join(critical[:SHOWN]) + (f"; and {len(critical) - SHOWN} more" if critical[SHOWN:] else "")
    return Finding("deprecations", "wrong", f"{len(critical)} critical: {listed}", "Kibana: Upgrade Assistant")


def _each(said: Row) -> Iterator[tuple[str, Row]]:
    """(place, deprecation) of every kind: some are lists, some are lists by index, stream or template."""
    for kind, value in said.items():
        for name, ones in value.items() if isinstance(value, dict) else [(kind, value)]:
            yield from ((str(name), one) for one in ones if isinstance(one, dict))


def backup(  # noqa: PLR0913  # each is one fact
    es: Elasticsearch, name: str, prefix: str, *, hours: float, without: bool, now: datetime | None = None
) -> Finding:
    """Whether there is a complete, recent snapshot of all indices. `without`: the person said --no-backup."""
    if without:
        return Finding("backup", "warning", "none is asked for, as you said; there is no way back without one")
    hint = "make backup COPY_TO=…; without one: --no-backup"
    found = repository.find(es, name)
    good = [one for one in take.every(es, name) if one.good and not one.name.startswith(SAFETY)] if found else []
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


def newer(one: str, other: str) -> bool:
    """Whether a version is newer than another; False where one can't be read."""
    left, right = versions.parse(one), versions.parse(other)
    return bool(left and right and left > right)
