"""`backup`: a snapshot of the bundle's indices, and the list of those that there are."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from runner.backup import away, repository, take
from runner.cluster import admin
from runner.lines.feed import rules_of
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from elasticsearch import Elasticsearch

NOT_IN_IT: Final = (
    "Not in it, keep these yourself: the secret files, pricing.yaml and compose/.env, what people made in Kibana "
    "(Stack Management, Saved Objects, Export). docs/backup.md"
)


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`backup [--name NAME] [--list] [--copy-to DIR] [--json]`."""
    parser = sub.add_parser("backup", help="take a snapshot of all documents, or list what was taken")
    parser.add_argument("--name", metavar="NAME", help="[the time: 2026.11.21-073000-123, UTC]")
    parser.add_argument("--list", action="store_true", help="the snapshots that there are; takes none")
    parser.add_argument(
        "--copy-to", metavar="DIR", type=Path, help="then put all of them into one file there: NAME.tar"
    )
    add_repository(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def add_repository(parser: argparse.ArgumentParser) -> None:
    """`--repository NAME`."""
    parser.add_argument(
        "--repository", metavar="NAME", default=repository.NAME, help="one that Elasticsearch knows [%(default)s]"
    )


def run(args: argparse.Namespace) -> int:
    """0 when all is in it (or listed), 1 when a part could not be taken."""
    if args.list:
        return listed(args)
    name = take.check_name(args.name or take.new_name())
    prefix = rules_of()[1]
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with admin.connect(choose.used()) as cluster:
        where, made = repository.ensure(cluster.es, args.repository, cluster.store.path if cluster.store else None)
        if made:
            console.print(f"Repository {where.name}: made and verified ({where.folder})", markup=False)
        found = shown(cluster.es, where.name, name, prefix, console)
        copy = None
        if args.copy_to:
            with console.status("copying") as status:
                copy = away.copy_to(
                    cluster, where, args.copy_to, name, lambda size: status.update(f"copying, {size >> 20:,} MiB")
                )
    report: dict[str, Any] = {"repository": where.name, **asdict(found), "copy": str(copy) if copy else None}
    if args.json:
        print(json.dumps(report, indent=2))
    else:
        _print(found, copy)
    return int(not found.good)


def listed(args: argparse.Namespace) -> int:
    """Print the snapshots that there are. 0."""
    with admin.connect(choose.used()) as cluster:
        there = repository.find(cluster.es, args.repository)
        return _list(take.every(cluster.es, there.name) if there else [], as_json=args.json)


def shown(  # noqa: PLR0913  # what `take` wants, and where to draw
    es: Elasticsearch, where: str, name: str, prefix: str, console: Console, *, indices: list[str] | None = None
) -> take.Snapshot:
    """Take a snapshot with a bar for people."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("shards", total=None)
        return take.take(
            es, where, name, prefix,
            lambda done, of: progress.update(task, completed=done, total=of), indices=indices,
        )  # fmt: skip


def _print(found: take.Snapshot, copy: Path | None) -> None:
    out = Console(highlight=False, soft_wrap=True)
    out.print(
        f"Snapshot {found.name}: {found.state.lower()}, {len(found.indices):,} indices, "
        f"{sum(found.documents.values()):,} documents, {size(found.size_bytes)}",
        markup=False,
    )
    for failure in found.failures[:10]:
        out.print(f"  not in it: {failure}", markup=False)
    if copy:
        out.print(f"Copy: {copy} ({size(copy.stat().st_size)}), with all snapshots; keep it on another machine")
    else:
        out.print("It lies on the same disk as the data: --copy-to DIR puts it elsewhere too")
    out.print(f"Bring it back with: make restore NAME={found.name}")
    out.print(NOT_IN_IT)


def _list(found: list[take.Snapshot], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2))
        return 0
    if not found:
        print("no snapshot yet: make backup")
        return 0
    table = Table(
        Column("name", overflow="fold", min_width=24), "state", "begun (UTC)", "indices", "documents", "size", "by"
    )
    for column in table.columns[3:6]:
        column.justify = "right"
    for one in found:
        documents = f"{sum(one.documents.values()):,}" if one.documents else "?"
        row = (one.name, one.state.lower(), one.when[:19].replace("T", " "), f"{len(one.indices):,}", documents)
        table.add_row(*map(escape, row), size(one.size_bytes), one.version)
    Console(highlight=False).print(table)
    return 0


def size(count: int) -> str:
    """Bytes for people: 512 B, 3.4 MiB."""
    value = float(count)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:  # noqa: PLR2004  # the step between units
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1024
    return f"{value:,.1f} GiB"
