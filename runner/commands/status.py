"""`status`: prints the state of the services, and the number of documents."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from elastic_transport import TransportError
from elasticsearch import ApiError
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from generator.errors import UserError
from runner.cluster import blocked, canary, lag, summary
from runner.commands import summary_tables, tables
from runner.compliance import register
from runner.lines.feed import rules_of
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.runtime import Runtime, Service, Status

Row = dict[str, Any]
#: Number of unread files whose names are printed.
FILES: Final = 10
#: The facts of a runtime that are printed, in this order; `--json` has all.
SHOWN: Final = ("version", "pid", "url", "health", "overlays", "restarts", "why", "log", "hint")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when everything runs and is healthy, else 1."""
    runtime = choose.remembered()
    if runtime is None:
        print(json.dumps({"mode": None, "state": "stopped"}) if args.json else "nothing runs: make up")
        return 1
    status = runtime.status()
    services = [asdict(service) for service in status.services]
    report: Row = {"mode": runtime.mode, "state": status.state, **status.facts, "services": services}
    report["warnings"] = list(status.troubles)
    documents = _documents(runtime, report) if status.state == "running" else None
    if args.json:
        print(json.dumps(report | (documents.as_json() if documents else {}), indent=2, ensure_ascii=False))
    else:
        _print(report, status, documents)
    return 0 if status.well and not report["warnings"] else 1


def _documents(runtime: Runtime, report: Row) -> summary.Summary | None:
    """Read the summary of Elasticsearch, and add lag and warnings to the report.

    Returns None when documents can't be read; the report then has the reason.
    """
    if why := runtime.unreadable():
        report["why"] = why
        return None
    prefix = rules_of()[1]
    try:
        with runtime.elasticsearch("reader") as es:
            # First: of a red index the others may not answer.
            found = blocked.read(es, prefix)
            report |= found.as_json()
            report["warnings"] += found.words()
            report |= lag.lag(es, prefix)
            requests = register.Register(es, prefix).read()
            canaries = canary.read(es, prefix)
            documents = summary.read(es, prefix)
    except (TransportError, ApiError, UserError, OSError) as error:
        report.setdefault("why", str(error))
        return None
    report["canary"] = [asdict(line) for line in canaries]
    late = [warning for line in canaries for warning in line.warnings()]
    now = register.now()
    report["erasures"] = [item.as_json(now) for item in requests if not item.ended]
    report["warnings"] += [*runtime.warnings(len(documents.indices)), *late, *register.warnings(requests, now)]
    return documents


def _print(report: Row, status: Status, documents: summary.Summary | None) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"mode     {report['mode']}\nstate    {report['state']}")
    lists = {name: text for name, text in (("overlays", ", "), ("restarts", "\n         ")) if report.get(name)}
    facts = report | {name: between.join(report[name]) for name, between in lists.items()}
    for name in SHOWN:
        if facts.get(name):
            console.print(f"{name:<8} {escape(str(facts[name]))}")
    if status.services:
        _print_services(status.services)
    for name, queue in report.get("logstash", {}).items():
        figures = [f"{key.replace('_', ' ')} {value:,}" for key, value in queue.items() if isinstance(value, int)]
        console.print(f"{name}: {', '.join(figures)}")
    if report.get("newest_s") is not None:
        console.print(
            f"ingest lag: the newest line was read {lag.span(report['newest_s'])} ago; the newest {lag.NEWEST} lines "
            f"were read {lag.span(report['lag_s'])} after their event (median)"
        )
    for line in _lines(report):
        console.print(line, markup=False)
    _print_unread(console, report)
    for warning in report["warnings"]:
        console.print(f"[yellow]{escape(warning)}[/]")
    if report["state"] in ("stopped", "crashed"):
        console.print("start it with: make up")
    if documents is not None:
        tables.show(summary_tables.sheets(documents))


def _lines(report: Row) -> list[str]:
    """A line for each synthetic path and erasure request, and one when blocked indices can't be looked for."""
    lines = [canary.Canary(**line).text() for line in report.get("canary", [])]
    lines += [f"erasure request {item['id']}: {item['state']}" for item in report.get("erasures", [])]
    if unseen := report.get("indices_unseen"):
        lines.append(f"not looked for indices that take no documents: {unseen}")
    return lines


def _print_unread(console: Console, report: Row) -> None:
    """What somebody must do something about by name; of the rest one line."""
    files: list[Row] = report.get("files_not_read", [])
    for file in files[:FILES]:
        console.print(f"not read by Filebeat: {file['path']}: {file['why']}", markup=False)
    if len(files) > FILES:
        console.print(f"and {len(files) - FILES:,} other files: `status --json` lists all")
    if waiting := report.get("files_waiting"):
        total, most = sum(file["bytes"] for file in waiting), max(waiting, key=lambda file: int(file["bytes"]))
        console.print(
            f"waiting for Filebeat: {total:,} bytes of {len(waiting):,} files are not in Logstash yet, most of "
            f"{most['path']}; if that stays so: docs/log-rotation.md",
            markup=False,
        )
    if packed := report.get("files_packed"):
        console.print(
            f"packed files are not read: {len(packed):,}, such as {packed[-1]['path']}; if one was not read before, "
            "unpack it in its folder",
            markup=False,
        )


def _print_services(services: list[Service]) -> None:
    heads = ("service", "state", "health", "version", "waiting", "dead letters")
    rows = [
        (
            service.name,
            Text(service.state, style="" if service.well else "red"),
            service.health,
            service.version,
            "" if service.waiting is None else f"{service.waiting:,}",
            "" if service.dead_letter_bytes is None else f"{service.dead_letter_bytes:,} bytes",
        )
        for service in services
    ]
    tables.put(heads, rows, names=4)
