"""`up` without Docker: start Elasticsearch, apply, feed, show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster import apply as applying
from runner.cluster import summary
from runner.host import maven
from runner.lines.fed import Fed
from runner.lines.feed import feed, rules_of, size_of
from runner.lines.filter import RULES
from runner.lines.lines import expand
from runner.runtimes.embedded import elasticsearch, place, secret

if TYPE_CHECKING:
    import argparse

    from elasticsearch import Elasticsearch

    from runner.host.jdk import Choice
    from runner.lines.bulk import Counts
    from runner.lines.lines import LogFile

SAMPLES: Final = ROOT / "tests" / "samples"


def run(args: argparse.Namespace) -> int:
    """Everything, step by step; each step leaves alone what is done already."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(text: str) -> None:
        console.print(f"  {escape(text)}")

    if not RULES.is_file():
        raise UserError(f"{RULES} is not there", where="filter", hint="run `make render`")
    choice = place.chosen()
    layout = place.layout(choice.elasticsearch)
    for artefact in (maven.JRUBY, maven.ELASTICSEARCH[choice.elasticsearch]):
        if not layout.home.is_dir() or artefact is maven.JRUBY:
            with console.status(f"getting {artefact.file}, once"):
                maven.fetch(artefact)
    with console.status("Elasticsearch"):
        record = elasticsearch.start(layout, choice, say)
    console.print(f"Elasticsearch {record.version}: {elasticsearch.url(record.port)} (pid {record.pid})")
    with elasticsearch.client(layout, record.port) as admin:
        _apply(console, admin)
        with elasticsearch.client(layout, record.port, secret.WRITER) as writer:
            fed = Fed(layout.base / "fed.json")
            counts = _feed(
                console, expand(args.paths if args.samples is False else [SAMPLES, *args.paths]), writer, choice, fed
            )
        version, prefix = rules_of()
        admin.indices.refresh(index=f"{prefix}-*")
        found = summary.read(admin, prefix)
    if args.json:
        print(json.dumps({"mode": "embedded", "url": elasticsearch.url(record.port), **found.as_json()}, indent=2))
        return 0
    out = Console(highlight=False)
    out.print(f"{counts.created} documents added, {counts.known} were there already, {counts.dead} refused")
    out.print(summary.tables(found))
    if fed.older_rules(version):
        out.print("Prices or sources changed since some of these lines were fed; those documents stay as they were.")
        out.print("To see all of them by the new rules: make clean, then make up.", end="\n\n")
    out.print(_next(record.port, prefix), soft_wrap=True)
    return 0


def _apply(console: Console, admin: Elasticsearch) -> None:
    done = applying.apply(admin, ROOT / "elasticsearch")
    by_result: dict[str, int] = {}
    for item in done:
        by_result[item.result] = by_result.get(item.result, 0) + 1
    console.print("Templates: " + ", ".join(f"{count} {result}" for result, count in sorted(by_result.items())))
    for why in dict.fromkeys(item.why for item in done if item.result == "skipped"):
        names = sum(item.why == why for item in done)
        console.print(f"  skipped {names}: {escape(why)}")


def _feed(console: Console, files: list[LogFile], writer: Elasticsearch, choice: Choice, fed: Fed) -> Counts:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"feeding {len(files)} files", total=size_of(files))
        known = sum(fed.offset(log.path) for log in files)
        progress.advance(task, known)
        counts = feed(files, writer, choice.jdk, fed, progress=lambda size: progress.advance(task, size))
    console.print(f"Fed: {size_of(files) - known:,} new bytes of {len(files)} files")
    return counts


def _next(port: int, prefix: str) -> str:
    folder = _short(secret.FOLDER)
    return f"""What next
  look       curl --cacert {folder}/ca.crt -u {secret.READER} '{elasticsearch.url(port)}/{prefix}-*/_count'
             (the passwords are in {folder}/passwords.json)
  try a line holysheep-elk process FILE, or edit pricing.yaml, make render, and process again
  your logs  holysheep-elk up FILE_OR_FOLDER
  stop       make down (keeps the data), make clean (removes it)
  Kibana, Logstash and Filebeat come with Docker: make up where a Docker engine runs"""


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
