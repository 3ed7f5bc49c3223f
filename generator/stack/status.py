"""`status` with Docker: each service, Logstash's queues, and how far the documents have come."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from elastic_transport import TransportError
from elasticsearch import ApiError
from rich.console import Console
from rich.table import Table

from generator.embedded import summary
from generator.embedded.feed import rules_of
from generator.errors import UserError
from generator.stack import engine, reach

if TYPE_CHECKING:
    import argparse

    from elasticsearch import Elasticsearch

Row = dict[str, Any]
#: Plain HTTP inside the container, by bash alone: /dev/tcp needs no curl.
STATS = (
    "exec 3<>/dev/tcp/127.0.0.1/9600; "
    "printf 'GET /_node/stats/pipelines HTTP/1.0\\r\\n\\r\\n' >&3; "
    "sed '1,/^\\r*$/d' <&3"
)


def run(args: argparse.Namespace) -> int:
    """0 when everything that should run is healthy, else 1."""
    rows = [_row(container) for container in engine.containers()]
    report: Row = {"mode": "docker", "services": rows, "logstash": queues()}
    found = None
    try:
        with reach.elasticsearch() as es:
            prefix = rules_of()[1]
            report["newest_s"] = lag(es, prefix)
            found = summary.read(es, prefix)
    except (TransportError, ApiError, UserError, OSError) as error:
        report["why"] = str(error)
    if args.json:
        print(json.dumps(report | (found.as_json() if found else {}), indent=2, ensure_ascii=False))
    else:
        _print(report, found)
    return 0 if rows and all(row["well"] for row in rows) else 1


def _row(container: Row) -> Row:
    state, health = container["State"], container.get("Health") or ""
    done = state == "exited" and int(container.get("ExitCode") or 0) == 0
    version = str(container["Image"]).rpartition(":")[2]
    well = done if container["Service"] in ("certs", "setup") else state == "running" and health in ("healthy", "")
    return {"service": container["Service"], "state": state, "health": health, "version": version, "well": well}


def queues() -> dict[str, Row]:
    """Per pipeline: events and bytes that wait, dead letters, events out. Empty when Logstash doesn't answer."""
    name = next((row["Name"] for row in engine.containers() if row["Service"] == "logstash"), None)
    text = engine.execute(name, ["/bin/bash", "-c", STATS]) if name else None
    try:
        pipelines: Row = json.loads(text or "{}").get("pipelines", {})
    except ValueError:
        return {}
    return {
        key: {
            "queued_events": (stats.get("queue") or {}).get("events_count", 0),
            "queued_bytes": (stats.get("queue") or {}).get("queue_size_in_bytes", 0),
            "dead_letter_bytes": (stats.get("dead_letter_queue") or {}).get("queue_size_in_bytes", 0),
            "events_out": (stats.get("events") or {}).get("out", 0),
        }
        for key, stats in sorted(pipelines.items())
    }


def lag(es: Elasticsearch, prefix: str) -> float | None:
    """Seconds since the newest searchable line was first seen, by this machine's clock; None without documents."""
    aggs = {"last": {"max": {"field": "event.created"}}}
    answer = es.search(index=f"{prefix}-*", size=0, aggregations=aggs, ignore_unavailable=True, allow_no_indices=True)
    newest = answer.get("aggregations", {}).get("last", {}).get("value")
    return None if newest is None else round(time.time() - float(newest) / 1000, 1)


def _print(report: Row, found: summary.Summary | None) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table("service", "state", "health", "version")
    for row in report["services"]:
        table.add_row(row["service"], row["state"], row["health"], row["version"])
    console.print(table)
    for name, stats in report["logstash"].items():
        console.print(f"{name}: " + ", ".join(f"{key.replace('_', ' ')} {value:,}" for key, value in stats.items()))
    if report.get("newest_s") is not None:
        console.print(f"newest line was first seen {report['newest_s']:,} s ago")
    if report.get("why"):
        console.print(f"Elasticsearch: {report['why']}", markup=False)
    if found is not None:
        console.print(summary.tables(found))
