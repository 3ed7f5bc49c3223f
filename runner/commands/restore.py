"""`restore`: bring a snapshot back, without losing what is there."""

from __future__ import annotations

import json
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from generator.errors import UserError
from runner.backup import away, plan, repository, take
from runner.backup import restore as restoring
from runner.cluster import admin
from runner.commands.backup import add_repository, listed
from runner.commands.backup import shown as taken
from runner.lines.feed import rules_of
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from runner.cluster.admin import Cluster
    from runner.runtime import Runtime

RENAME: Final = "restored"


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`restore NAME [--index PATTERN…] [--missing | --rename [PREFIX] | --replace] [--from FILE] [--json]`."""
    parser = sub.add_parser("restore", help="bring a snapshot back; what is there is left alone unless you say so")
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="of the snapshot; `latest` is the newest; without it they are listed"
    )
    parser.add_argument("--index", action="append", default=[], metavar="PATTERN", help="only these; may be repeated")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--missing", action="store_true", help="only the indices that are not there")
    way.add_argument(
        "--rename", nargs="?", const=RENAME, metavar="PREFIX", help=f"as copies beside them, called PREFIX-… [{RENAME}]"
    )
    way.add_argument("--replace", action="store_true", help="in place of those, after a snapshot of what is there")
    parser.add_argument("--from", dest="copy", metavar="FILE", type=Path, help="a copy that `backup --copy-to` made")
    add_repository(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0 when all documents are back, 1 when fewer are than the snapshot says."""
    if args.name is None and args.copy is None:
        return listed(args)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    prefix = rules_of()[1]
    runtime = choose.used()
    with admin.connect(runtime) as cluster, _repository(cluster, args) as where:
        planned = _plan(cluster, where, args, prefix)
        with _no_writer(runtime, planned, console):
            kept = _keep(cluster, planned, args, prefix, console)
            try:
                restoring.remove(cluster.es, planned.in_the_way)
                done = _restore(cluster, where, planned, prefix, console)
            except UserError as error:
                if kept is None:
                    raise
                hint = f"what was there is in the snapshot {kept.name}: make restore NAME={kept.name} ARGS=--missing"
                raise UserError(error.what, where=error.where, hint=hint) from error
        old = plan.outlived(planned, {} if planned.way == "rename" else _retention(cluster, prefix), prefix)
    report: dict[str, Any] = {
        "snapshot": planned.snapshot.name,
        "indices": planned.targets,
        **asdict(done),
        "kept": kept.name if kept else None,
        "outlived": old,
    }
    if args.json:
        print(json.dumps(report, indent=2))
    else:
        _print(planned, done, kept, old)
    return int(bool(done.short))


@contextmanager
def _repository(cluster: Cluster, args: argparse.Namespace) -> Iterator[str]:
    back = away.brought_back(cluster, args.copy) if args.copy else nullcontext("")
    with back as copy:
        yield copy or repository.need(cluster.es, args.repository).name


def _plan(cluster: Cluster, where: str, args: argparse.Namespace, prefix: str) -> plan.Plan:
    name = args.name or "latest"
    if name == "latest":
        good = [one.name for one in take.every(cluster.es, where) if one.good]
        usual = [one for one in good if not one.startswith(restoring.SAFETY)]
        if not usual:
            raise UserError("there is no complete snapshot", where=where, hint="make backup")
        name = usual[0]
    snapshot = take.one(cluster.es, where, name)
    plan.check_version(snapshot, cluster.version)
    way: plan.Way = (
        "missing" if args.missing else "replace" if args.replace else "rename" if args.rename is not None else "plain"
    )
    patterns = f"{prefix}-*,{args.rename}-{prefix}-*" if way == "rename" else f"{prefix}-*"
    there = cluster.es.indices.get(index=patterns, expand_wildcards="all", filter_path="*.settings.index.uuid")
    return plan.make(
        snapshot, set(there.body), way=way, patterns=args.index, rename=args.rename or RENAME, prefix=prefix
    )


def _no_writer(runtime: Runtime, planned: plan.Plan, console: Console) -> AbstractContextManager[None]:
    """While indices are gone nothing may make them anew."""
    if not planned.in_the_way:
        return nullcontext()
    return runtime.quiet(lambda text: console.print(text, markup=False))


def _keep(
    cluster: Cluster, planned: plan.Plan, args: argparse.Namespace, prefix: str, console: Console
) -> take.Snapshot | None:
    if not planned.in_the_way:
        return None
    home, _ = repository.ensure(cluster.es, args.repository, cluster.store.path if cluster.store else None)
    name = f"{restoring.SAFETY}{take.new_name()}"
    made = taken(cluster.es, home.name, name, prefix, console, indices=planned.in_the_way)
    if not made.good:
        what = f"what would be replaced can't be kept: {'; '.join(made.failures)[:300]}; nothing was changed"
        raise UserError(what, where=name, hint="--rename leaves it alone")
    console.print(f"What is there is kept in the snapshot {name}")
    return made


def _restore(cluster: Cluster, where: str, planned: plan.Plan, prefix: str, console: Console) -> restoring.Restored:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("indices", total=len(planned.targets))
        return restoring.restore(
            cluster.es, where, planned, prefix, lambda done, _: progress.update(task, completed=done)
        )


def _retention(cluster: Cluster, prefix: str) -> dict[str, int]:
    """Kind → days that the lifecycle keeps it; empty where there is no lifecycle."""
    try:
        found = cluster.es.ilm.get_lifecycle(name=f"{prefix}-*").body
    except ApiError:
        return {}
    days = {
        name.removeprefix(f"{prefix}-"): str(one["policy"]["phases"].get("delete", {}).get("min_age", ""))
        for name, one in found.items()
    }
    return {kind: int(age[:-1]) for kind, age in days.items() if age.endswith("d") and age[:-1].isdigit()}


def _print(planned: plan.Plan, done: restoring.Restored, kept: take.Snapshot | None, old: list[str]) -> None:
    out = Console(highlight=False, soft_wrap=True)
    total = sum(done.documents.values())
    names = sorted(planned.targets.values())
    out.print(f"Back: {len(names):,} indices, {total:,} documents ({names[0]}, …)", markup=False)
    for kind, missing in done.short.items():
        out.print(f"[red]{kind}: {missing:,} documents fewer than the snapshot had when it was begun[/]")
    if done.expected and not done.short:
        out.print(f"Counted against the snapshot: all {sum(done.expected.values()):,} are there")
    elif not done.expected:
        out.print("Not counted against the snapshot: it tells documents by kind, and no kind was brought back whole")
    if old:
        out.print(
            f"[yellow]{len(old):,} indices are older than retention_days in pricing.yaml: the lifecycle deletes them "
            f"again within minutes ({old[0]}, …); --rename keeps copies[/]"
        )
    if planned.way == "rename":
        out.print(
            "Dashboards and holysheep_reader don't see the copies: search them as an administrator. "
            "No lifecycle deletes them"
        )
    if kept:
        out.print(f"What was replaced: make restore NAME={kept.name} ARGS=--replace brings it back")
