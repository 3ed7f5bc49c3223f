"""`backup`: takes a snapshot of the bundle's indices, or lists the snapshots."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from runner.backup import away, repository, take
from runner.cluster import admin
from runner.commands import tables
from runner.lines.feed import rules_of
from runner.runtimes import choose
from runner.words import counted

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from elasticsearch import Elasticsearch

NOT_IN_IT: Final = (
    "A snapshot does not have these, so keep them yourself: the secret files, pricing.yaml, compose/.env, and objects "
    "that people made in Kibana (Stack Management, Saved Objects, Export). See docs/backup.md"
)


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when the snapshot is complete (or the list was printed), 1 when a part is missing."""
    if args.list:
        return list_snapshots(args)
    name = take.check_name(args.name or take.new_name())
    prefix = rules_of()[1]
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with admin.connect(choose.used()) as cluster:
        store, made = repository.ensure(cluster.es, args.repository, cluster.store.path if cluster.store else None)
        if made:
            console.print(f"Repository {store.name}: new, and verified ({store.folder})", markup=False)
        snapshot = take_with_progress(cluster.es, store.name, name, prefix, console)
        copy = None
        if args.copy_to:
            with console.status("copying") as status:
                copy = away.copy_to(
                    cluster, store, args.copy_to, name, lambda size: status.update(f"copying, {size >> 20:,} MiB")
                )
    report: dict[str, Any] = {"repository": store.name, **asdict(snapshot), "copy": str(copy) if copy else None}
    if args.json:
        print(json.dumps(report, indent=2))
    else:
        _print(snapshot, copy)
    return int(not snapshot.good)


def list_snapshots(args: argparse.Namespace) -> int:
    """Print the snapshots. Exit code 0."""
    with admin.connect(choose.used()) as cluster:
        store = repository.find(cluster.es, args.repository)
        return _list(take.every(cluster.es, store.name) if store else [], as_json=args.json)


def take_with_progress(  # noqa: PLR0913  # the parameters of `take`, and the console
    es: Elasticsearch, store: str, name: str, prefix: str, console: Console, *, indices: list[str] | None = None
) -> take.Snapshot:
    """Take a snapshot, and show a progress bar. `store`: the name of the repository."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("shards", total=None)
        return take.take(
            es, store, name, prefix,
            lambda done, of: progress.update(task, completed=done, total=of), indices=indices,
        )  # fmt: skip


def _print(snapshot: take.Snapshot, copy: Path | None) -> None:
    out = Console(highlight=False, soft_wrap=True)
    out.print(
        f"Snapshot {snapshot.name}: {snapshot.state.lower()}, {counted(len(snapshot.indices), 'index', 'indices')}, "
        f"{counted(sum(snapshot.documents.values()), 'document')}, {size(snapshot.size_bytes)}",
        markup=False,
    )
    for failure in snapshot.failures[:10]:
        out.print(f"  missing: {failure}", markup=False)
    if copy:
        out.print(f"Copy: {copy} ({size(copy.stat().st_size)}), with all snapshots; keep it on another machine")
    else:
        out.print("The snapshot is on the same disk as the data: --copy-to DIR writes a copy to another disk")
    out.print(f"To restore it: make restore NAME={snapshot.name}")
    out.print(NOT_IN_IT)


def _list(snapshots: list[take.Snapshot], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([asdict(snapshot) for snapshot in snapshots], indent=2))
        return 0
    if not snapshots:
        print("there is no snapshot; take one with `make backup`")
        return 0
    rows = [
        (
            snapshot.name,
            snapshot.state.lower(),
            snapshot.when[:19].replace("T", " "),
            snapshot.version,
            f"{len(snapshot.indices):,}",
            f"{sum(snapshot.documents.values()):,}" if snapshot.documents else "?",
            size(snapshot.size_bytes),
        )
        for snapshot in snapshots
    ]
    tables.put(("name", "state", "begun (UTC)", "by", "indices", "documents", "size"), rows, names=4)
    return 0


def size(count: int) -> str:
    """Bytes for people: 512 B, 3.4 MiB."""
    value = float(count)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:  # noqa: PLR2004  # the step between units
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1024
    return f"{value:,.1f} GiB"
