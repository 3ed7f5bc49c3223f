"""`restore`: restores a snapshot, without losing existing documents."""

from __future__ import annotations

import json
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from elasticsearch import ApiError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from generator.errors import UserError
from runner.backup import RENAME, away, plan, repository, take
from runner.backup import restore as restoring
from runner.cluster import admin
from runner.commands.backup import list_snapshots, take_with_progress
from runner.lines.feed import rules_of
from runner.runtimes import choose
from runner.words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from runner.cluster.admin import Cluster
    from runner.runtime import Runtime


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when all documents of the snapshot are restored, 1 when some are missing."""
    if args.name is None and args.copy is None:
        return list_snapshots(args)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    prefix = rules_of()[1]
    runtime = choose.used()
    with admin.connect(runtime) as cluster, _repository(cluster, args) as store:
        planned = _plan(cluster, store, args, prefix)
        with _no_writer(runtime, planned, console):
            safety = _keep(cluster, planned, args, prefix, console)
            try:
                restoring.remove(cluster.es, planned.in_the_way)
                done = _restore(cluster, store, planned, prefix, console)
            except UserError as error:
                if safety is None:
                    raise
                again = f"make restore NAME={safety.name} ARGS=--missing"
                hint = f"the replaced indices are in the snapshot {safety.name}: {again}"
                raise UserError(error.what, where=error.where, hint=hint) from error
        old = plan.outlived(planned, {} if planned.mode == "rename" else _retention(cluster, prefix), prefix)
    report: dict[str, Any] = {
        "snapshot": planned.snapshot.name,
        "indices": planned.targets,
        **asdict(done),
        "kept": safety.name if safety else None,
        "outlived": old,
    }
    if args.json:
        print(json.dumps(report, indent=2))
    else:
        _print(planned, done, safety, old)
    return int(bool(done.short))


@contextmanager
def _repository(cluster: Cluster, args: argparse.Namespace) -> Iterator[str]:
    copy = away.mounted(cluster, args.copy) if args.copy else nullcontext("")
    with copy as mounted:
        yield mounted or repository.need(cluster.es, args.repository).name


def _plan(cluster: Cluster, store: str, args: argparse.Namespace, prefix: str) -> plan.Plan:
    name = args.name or "latest"
    if name == "latest":
        complete = [snapshot.name for snapshot in take.every(cluster.es, store) if snapshot.good]
        backups = [name for name in complete if not name.startswith(restoring.SAFETY)]
        if not backups:
            raise UserError("there is no complete snapshot", where=store, hint="take one with `make backup`")
        name = backups[0]
    snapshot = take.by_name(cluster.es, store, name)
    plan.check_version(snapshot, cluster.version)
    mode: plan.Mode = (
        "missing" if args.missing else "replace" if args.replace else "rename" if args.rename is not None else "plain"
    )
    patterns = f"{prefix}-*,{args.rename}-{prefix}-*" if mode == "rename" else f"{prefix}-*"
    existing = cluster.es.indices.get(index=patterns, expand_wildcards="all", filter_path="*.settings.index.uuid")
    return plan.make(
        snapshot, set(existing.body), mode=mode, patterns=args.index, rename=args.rename or RENAME, prefix=prefix
    )


def _no_writer(runtime: Runtime, planned: plan.Plan, console: Console) -> AbstractContextManager[None]:
    """Stop all writers while indices are deleted: a new document would create such an index again."""
    if not planned.in_the_way:
        return nullcontext()
    return runtime.quiet(lambda text: console.print(text, markup=False))


def _keep(
    cluster: Cluster, planned: plan.Plan, args: argparse.Namespace, prefix: str, console: Console
) -> take.Snapshot | None:
    if not planned.in_the_way:
        return None
    store, _ = repository.ensure(cluster.es, args.repository, cluster.store.path if cluster.store else None)
    name = f"{restoring.SAFETY}{take.new_name()}"
    safety = take_with_progress(cluster.es, store.name, name, prefix, console, indices=planned.in_the_way)
    if not safety.good:
        what = f"the snapshot of the existing indices failed: {'; '.join(safety.failures)[:300]}; nothing was changed"
        raise UserError(what, where=name, hint="--rename restores copies and changes no existing index")
    console.print(f"The existing indices are kept in the snapshot {name}")
    return safety


def _restore(cluster: Cluster, store: str, planned: plan.Plan, prefix: str, console: Console) -> restoring.Restored:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("indices", total=len(planned.targets))
        return restoring.restore(
            cluster.es, store, planned, prefix, lambda done, _: progress.update(task, completed=done)
        )


def _retention(cluster: Cluster, prefix: str) -> dict[str, int]:
    """Kind → days after which the lifecycle deletes its indices; empty where there is no lifecycle."""
    try:
        policies = cluster.es.ilm.get_lifecycle(name=f"{prefix}-*").body
    except ApiError:
        return {}
    days = {
        name.removeprefix(f"{prefix}-"): str(policy["policy"]["phases"].get("delete", {}).get("min_age", ""))
        for name, policy in policies.items()
    }
    return {kind: int(age[:-1]) for kind, age in days.items() if age.endswith("d") and age[:-1].isdigit()}


def _print(planned: plan.Plan, done: restoring.Restored, safety: take.Snapshot | None, old: list[str]) -> None:
    out = Console(highlight=False, soft_wrap=True)
    total = sum(done.documents.values())
    names = sorted(planned.targets.values())
    out.print(
        f"Restored: {counted(len(names), 'index', 'indices')}, {counted(total, 'document')} ({names[0]}, …)",
        markup=False,
    )
    for kind, missing in done.short.items():
        out.print(f"[red]{kind}: {counted(missing, 'document')} fewer than the snapshot had when it began[/]")
    if done.expected and not done.short:
        out.print(f"Compared with the snapshot's counts: all {sum(done.expected.values()):,} documents are restored")
    elif not done.expected:
        out.print("Not compared with the snapshot's counts: they are by kind, and no kind was restored completely")
    if old:
        out.print(
            f"[yellow]{len(old):,} indices are older than retention_days in pricing.yaml: the lifecycle deletes them "
            f"again within minutes ({old[0]}, …); --rename keeps copies[/]"
        )
    if planned.mode == "rename":
        out.print(
            "Dashboards and holysheep_reader don't see the copies: search them as an administrator. "
            "No lifecycle deletes them"
        )
    if safety:
        out.print(f"To restore the replaced indices: make restore NAME={safety.name} ARGS=--replace")
