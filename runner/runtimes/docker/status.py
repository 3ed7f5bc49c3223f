"""`status` with Docker: each service, Logstash's queues, and how far the documents have come."""

from __future__ import annotations

import json
import statistics
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from elastic_transport import TransportError
from elasticsearch import ApiError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from generator.errors import UserError
from runner.cluster import summary
from runner.lines.feed import rules_of
from runner.runtimes.docker import engine, inside, reach

if TYPE_CHECKING:
    import argparse

    from elasticsearch import Elasticsearch

Row = dict[str, Any]
ONCE: Final = ("certs", "setup")
#: The part of cluster.max_shards_per_node from which we warn.
CROWDED: Final = 0.8
#: Of so many of the newest lines the lag is told.
NEWEST: Final = 100


def run(args: argparse.Namespace) -> int:
    """0 when everything that should run is healthy, else 1."""
    rows = services()
    report: Row = {"mode": "docker", "overlays": engine.overlays(), "services": rows, "logstash": inside.queues()}
    _add_queues(rows, report["logstash"])
    found = None
    try:
        if reach.readable():
            with reach.reader() as es:
                prefix = rules_of()[1]
                report |= lag(es, prefix)
                found = summary.read(es, prefix)
        else:
            report["why"] = "documents are not counted: that takes an admin_api_key"
    except (TransportError, ApiError, UserError, OSError) as error:
        report["why"] = str(error)
    report["warnings"] = crowded(len(found.indices), [row["service"] for row in rows], inside.shards()) if found else []
    if args.json:
        print(json.dumps(report | (found.as_json() if found else {}), indent=2, ensure_ascii=False))
    else:
        _print(report, found)
    return 0 if well(rows) and not report["warnings"] else 1


def services() -> list[Row]:
    """Each service with its state, health, version, and whether that is as it should be."""
    return [_row(container) for container in engine.containers()]


def well(rows: list[Row]) -> bool:
    """Whether there is something, and all of it is as it should be."""
    return bool(rows) and all(row["well"] for row in rows)


def crowded(indices: int, services: list[str], shards: int) -> list[str]:
    """A warning before Elasticsearch refuses a new day's index, dead letters' too: then lines are lost.

    `shards`: what one node takes.
    """
    nodes = sum(name.startswith("elasticsearch") for name in services)
    limit = shards * nodes // (1 if nodes < 2 else 2)  # noqa: PLR2004  # from two nodes on each has a copy
    if not nodes or indices < limit * CROWDED:
        return []
    what = f"{indices:,} indices, and Elasticsearch takes about {limit:,} (cluster.max_shards_per_node)"
    return [f"{what}: fewer retention_days in pricing.yaml, more HOLYSHEEP_ELASTICSEARCH_MEMORY, or more nodes"]


def _row(container: Row) -> Row:
    state, health = container["State"], container.get("Health") or ""
    done = state == "exited" and int(container.get("ExitCode") or 0) == 0
    good = done if container["Service"] in ONCE else state == "running" and health in ("healthy", "")
    version = inside.version(engine.client().containers.get(container["Name"]))
    return {"service": container["Service"], "state": state, "health": health, "version": version, "well": good}


def _add_queues(rows: list[Row], queues: dict[str, Row]) -> None:
    for row in rows:
        if row["service"] == "logstash" and queues:
            row["waiting"] = sum(one["queued_events"] for one in queues.values())
            row["dead_letter_bytes"] = sum(one["dead_letter_bytes"] for one in queues.values())
        elif row["service"] == "filebeat":
            row["waiting"] = inside.on_the_way()


def lag(es: Elasticsearch, prefix: str) -> Row:
    """`newest_s`: seconds since the newest searchable line was first seen, by this machine's clock.

    `lag_s`: seconds from an event to when its line was first seen, the median of the newest lines; both None without
    documents. Old logs that are fed again have a lag of their age.
    """
    answer = es.search(
        index=f"{prefix}-*",
        size=NEWEST,
        sort=[{"event.created": {"order": "desc", "unmapped_type": "date"}}],
        source={"includes": ["@timestamp", "event.created"]},
        ignore_unavailable=True,
        allow_no_indices=True,
    )
    seen = [(_time(hit["_source"]["event"]["created"]), _time(hit["_source"]["@timestamp"]))
            for hit in answer["hits"]["hits"] if "created" in hit["_source"].get("event", {})]  # fmt: skip
    if not seen:
        return {"newest_s": None, "lag_s": None}
    return {
        "newest_s": round(time.time() - seen[0][0], 1),
        "lag_s": round(statistics.median(created - event for created, event in seen), 1),
    }


def _time(said: str) -> float:
    return datetime.fromisoformat(said).timestamp()


def span(seconds: float) -> str:
    """For people: 3.2 s, 12 min, 5.0 h, 557 days."""
    for unit, size, digits in (("days", 86_400, 0), ("h", 3_600, 1), ("min", 60, 0)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:,.{digits}f} {unit}"
    return f"{seconds:,.1f} s"


def _print(report: Row, found: summary.Summary | None) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if report["overlays"]:
        console.print(f"overlays: {', '.join(report['overlays'])}")
    table = Table("service", "state", "health", "version", "waiting", "dead letters")
    table.columns[4].justify = table.columns[5].justify = "right"
    for row in report["services"]:
        state = row["state"] if row["well"] else f"[red]{row['state']}[/]"
        waiting, letters = row.get("waiting"), row.get("dead_letter_bytes")
        table.add_row(
            row["service"], state, row["health"], escape(row["version"]),
            "" if waiting is None else f"{waiting:,}", "" if letters is None else f"{letters:,} bytes",
        )  # fmt: skip
    console.print(table)
    for name, stats in report["logstash"].items():
        console.print(f"{name}: " + ", ".join(f"{key.replace('_', ' ')} {value:,}" for key, value in stats.items()))
    if report.get("newest_s") is not None:
        console.print(
            f"ingest lag: the newest line was first seen {span(report['newest_s'])} ago; the newest {NEWEST} were seen "
            f"{span(report['lag_s'])} after their event (median)"
        )
    for warning in report["warnings"]:
        console.print(f"[yellow]{escape(warning)}[/]")
    if report.get("why"):
        console.print(f"Elasticsearch: {report['why']}", markup=False)
    if found is not None:
        console.print(summary.tables(found))
