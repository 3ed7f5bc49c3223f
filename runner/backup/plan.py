"""What a restore would do, worked out before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, Literal

from generator.errors import UserError
from runner.cluster import counts, versions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from runner.backup.take import Snapshot

#: plain: only where nothing is in the way. missing: what isn't there. rename: beside. replace: instead.
Way = Literal["plain", "missing", "rename", "replace"]
SHOWN: Final = 5


@dataclass(frozen=True)
class Plan:
    """Indices of the snapshot to bring back, what they will be called, and which of those are there already."""

    snapshot: Snapshot
    way: Way
    #: Name in the snapshot → name in the cluster.
    targets: dict[str, str]
    in_the_way: list[str]


def make(  # noqa: PLR0913  # each is one fact of a restore
    snapshot: Snapshot,
    there: Collection[str],
    *,
    way: Way = "plain",
    patterns: Collection[str] = (),
    rename: str = "restored",
    prefix: str = "holysheep",
) -> Plan:
    """The plan. UserError when no index fits the patterns, or when one of the names is taken and the way is plain."""
    chosen = [name for name in snapshot.indices if not patterns or any(fnmatchcase(name, one) for one in patterns)]
    if not chosen:
        kinds = ", ".join(sorted({f"{prefix}-{counts.kind(name, prefix)}-…" for name in snapshot.indices}))
        what = f"no index in the snapshot {snapshot.name} is called {' or '.join(patterns) or 'anything'}"
        raise UserError(what, where="--index", hint=f"it holds {kinds or 'none'}")
    if way == "rename":
        check_rename(rename, prefix)
    targets = {name: f"{rename}-{name}" if way == "rename" else name for name in chosen}
    taken = sorted(name for name in targets.values() if name in there)
    if way == "missing":
        targets = {name: target for name, target in targets.items() if target not in there}
        taken = []
        if not targets:
            raise UserError("none is missing: all these indices are there", hint="--rename puts copies beside them")
    if taken and way != "replace":
        raise UserError(_refusal(taken, len(targets)), hint=_ways(way))
    return Plan(snapshot, way, targets, taken)


def check_rename(rename: str, prefix: str) -> None:
    """UserError when copies of that name would be counted as the bundle's own by every dashboard."""
    if not rename or rename != rename.lower() or not rename[0].isalnum() or set(rename) & set(' "*\\<>|,/?#:'):
        raise UserError(f"{rename!r} can't begin an index's name", where="--rename", hint="small letters and digits")
    if f"{rename}-".startswith(f"{prefix}-"):
        raise UserError(
            f"copies below {prefix}-* would be counted twice by every dashboard", where="--rename", hint="another name"
        )


def check_version(snapshot: Snapshot, running: str) -> None:
    """UserError when a newer Elasticsearch took it than the one that would read it."""
    took, reads = versions.parse(snapshot.version), versions.parse(running)
    if took and reads and took > reads:
        raise UserError(
            f"it was taken by Elasticsearch {snapshot.version}, and {running} can't read it",
            where=snapshot.name,
            hint="restore into the same or a newer version",
        )


def outlived(plan: Plan, retention: Mapping[str, int], prefix: str, now: datetime | None = None) -> list[str]:
    """Restored indices that are older than the lifecycle keeps them: it deletes them. `retention`: kind → days."""
    today = (now or datetime.now(UTC)).date()
    old = []
    for target in plan.targets.values():
        days = retention.get(counts.kind(target, prefix))
        try:
            day = datetime.strptime(target[-10:], "%Y.%m.%d").replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if days is not None and (today - day).days >= days:
            old.append(target)
    return old


def _refusal(taken: list[str], of: int) -> str:
    listed = ", ".join(taken[:SHOWN]) + (", …" if taken[SHOWN:] else "")
    return f"{len(taken)} of {of} indices are there already ({listed}); nothing was changed"


def _ways(way: Way) -> str:
    if way == "rename":
        return "take another name: --rename NAME, or delete the copies of last time"
    return (
        "choose:\n"
        "  --missing   bring back only those that are not there\n"
        "  --rename    bring all back beside them, as restored-…\n"
        "  --replace   put them in place of those, after a snapshot of what is there"
    )
