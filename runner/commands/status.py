"""`status`: what runs, how it is, and how many documents it holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from elastic_transport import TransportError
from elasticsearch import ApiError
from rich.console import Console
from rich.markup import escape

from runner.cluster import summary
from runner.lines.feed import rules_of
from runner.runtimes import choose as mode
from runner.runtimes.embedded import elasticsearch, place, reason

if TYPE_CHECKING:
    import argparse

    from runner.runtimes.embedded.layout import Layout
    from runner.runtimes.embedded.process import Record


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`status [--json]`."""
    parser = sub.add_parser("status", help="state, health and counts of what runs; exit 1 when it isn't well")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0 when it runs and is well, 1 otherwise."""
    if mode.current() == "docker":
        return mode.stack("status", args)
    layout = place.current()
    report: dict[str, Any] = {"mode": mode.current(), "state": "stopped"}
    found = None
    if layout is not None:
        now = elasticsearch.state(layout)
        report["state"] = now.what
        if now.what == "crashed":
            what, hint, line = reason.explain("\n".join(reason.tail(log) for log in layout.logs))
            report |= {"why": what, "hint": hint, "log": line}
        elif now.record is not None:
            found = _ask(layout, now.record, report)
    if args.json:
        print(json.dumps(report | (found.as_json() if found else {}), indent=2, ensure_ascii=False))
    else:
        _print(report, found)
    return 0 if report.get("health") in ("green", "yellow") else 1


def _ask(layout: Layout, record: Record, report: dict[str, Any]) -> summary.Summary | None:
    report |= {"version": record.version, "pid": record.pid, "url": elasticsearch.url(record.port)}
    try:
        with elasticsearch.client(layout, record.port).options(request_timeout=10) as es:
            report["health"] = es.cluster.health(timeout="3s")["status"]
            return summary.read(es, rules_of()[1])
    except (TransportError, ApiError) as error:
        report |= {"health": "unknown", "why": str(error), "hint": "see `make logs`"}
        return None


def _print(report: dict[str, Any], found: summary.Summary | None) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for name in ("mode", "state", "version", "pid", "url", "health", "why", "log", "hint"):
        if report.get(name):
            console.print(f"{name:<8} {escape(str(report[name]))}")
    if report["state"] != "running":
        console.print("start it with: make up")
    if found is not None:
        console.print(summary.tables(found))
