"""Plans a restore: which indices, and under which names. Nothing is changed here."""

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

#: What to do with indices that exist already. plain: refuse. missing: restore only indices that do not exist. rename:
#: restore copies under other names. replace: delete the existing indices after a snapshot of them.
Mode = Literal["plain", "missing", "rename", "replace"]
SHOWN: Final = 5


@dataclass(frozen=True)
class Plan:
    """The indices to restore, their new names, and those names that exist already."""

    snapshot: Snapshot
    mode: Mode
    #: Name in the snapshot → name in the cluster.
    targets: dict[str, str]
    #: Existing indices of the cluster that must be deleted first.
    in_the_way: list[str]


def make(  # noqa: PLR0913  # each parameter is an option of the restore
    snapshot: Snapshot,
    existing: Collection[str],
    *,
    mode: Mode = "plain",
    patterns: Collection[str] = (),
    rename: str = "restored",
    prefix: str = "holysheep",
) -> Plan:
    """The plan. UserError when no index matches the patterns, or when an index exists and the mode is no help.

    `existing`: names of the cluster's indices. `patterns`: indices to restore; all when empty. `rename`: the prefix of
    the copies' names. `prefix`: of the bundle's indices.
    """
    chosen = [
        name for name in snapshot.indices if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
    if not chosen:
        kinds = ", ".join(sorted({f"{prefix}-{counts.kind(name, prefix)}-…" for name in snapshot.indices}))
        what = f"no index in the snapshot {snapshot.name} matches {' or '.join(patterns) or 'any name'}"
        raise UserError(what, where="--index", hint=f"the snapshot has {kinds or 'no index'}")
    if mode == "rename":
        check_rename(rename, prefix)
    targets = {name: f"{rename}-{name}" if mode == "rename" else name for name in chosen}
    taken = sorted(name for name in targets.values() if name in existing)
    if mode == "missing":
        targets = {name: target for name, target in targets.items() if target not in existing}
        taken = []
        if not targets:
            raise UserError("all these indices exist, none is missing", hint="--rename restores copies beside them")
    if taken and mode != "replace":
        raise UserError(_refusal(taken, len(targets)), hint=_choices(mode))
    return Plan(snapshot, mode, targets, taken)


def check_rename(rename: str, prefix: str) -> None:
    """UserError when an index's name can't begin with `rename`, or when dashboards would count the copies."""
    if not rename or rename != rename.lower() or not rename[0].isalnum() or set(rename) & set(' "*\\<>|,/?#:'):
        what = f"{rename!r} can't begin an index's name"
        raise UserError(what, where="--rename", hint="use lower-case letters and digits")
    if f"{rename}-".startswith(f"{prefix}-"):
        raise UserError(
            f"every dashboard would count copies named {prefix}-* twice", where="--rename", hint="choose another name"
        )


def check_version(snapshot: Snapshot, running: str) -> None:
    """UserError when the snapshot was taken by a newer Elasticsearch than the running one."""
    writer, reader = versions.parse(snapshot.version), versions.parse(running)
    if writer and reader and writer > reader:
        raise UserError(
            f"this snapshot was taken by Elasticsearch {snapshot.version}, which {running} can't read",
            where=snapshot.name,
            hint="restore into the same or a newer version",
        )


def outlived(plan: Plan, retention: Mapping[str, int], prefix: str, now: datetime | None = None) -> list[str]:
    """Restored indices that are older than their retention: the lifecycle deletes them. `retention`: kind → days."""
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
    return f"{len(taken)} of {of} indices exist already ({listed}); nothing was changed"


def _choices(mode: Mode) -> str:
    if mode == "rename":
        return "choose another name with --rename NAME, or delete the earlier copies"
    return (
        "choose:\n"
        "  --missing   restore only indices that do not exist\n"
        "  --rename    restore copies beside them, named restored-…\n"
        "  --replace   replace them; a snapshot of the existing indices is taken first"
    )
