"""`upgrade` of the containers: look, do, compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runner.cluster import admin, counts
from runner.findings import Finding, better
from runner.lines.feed import rules_of
from runner.runtimes.docker import engine, images, inside, status, up
from runner.runtimes.docker import move as containers
from runner.upgrade import checks

if TYPE_CHECKING:
    import argparse

    from rich.console import Console

Row = dict[str, Any]


def look(args: argparse.Namespace, target: str) -> tuple[list[Finding], Row]:
    """(findings, what is known before): nothing is changed."""
    prefix = rules_of()[1]
    book = containers.begun()
    if book.get("to") == target:
        found = [Finding("step", "ok", f"goes on with {book['from']} → {target}, begun {book['began']}")]
        return [*found, *_images(book["from"], target)], book
    rows = status.services()
    bad = [row["service"] for row in rows if not row["well"]]
    what = f"not well: {', '.join(bad)}" if bad else f"{len(rows)} are as they should be"
    found = [better("services", what, well=bool(rows) and not bad, hint="make status, make logs")]
    letters = sum(one["dead_letter_bytes"] for one in inside.queues().values())
    found.append(
        better("dead letters", f"{letters:,} bytes wait", well=not letters, otherwise="warning", hint="make status")
    )
    with admin.connect() as cluster:
        running = cluster.version
        if engine.existing():
            # Not ours to upgrade, only to follow: it must be there first.
            running = inside.version(engine.container("logstash"))
            hint = "upgrade the cluster first"
            what = f"the cluster is {cluster.version}"
            found.append(better("cluster", what, well=not checks.newer(target, cluster.version), hint=hint))
        step = checks.step(running, target)
        if step.state == "wrong":
            return [step], {}
        found.insert(0, step)
        found += checks.cluster(cluster.es, prefix)
        if step.what.endswith("major step") and not engine.existing():
            found.append(checks.deprecations(cluster.es))
        if not engine.existing():
            found.append(
                checks.backup(cluster.es, args.repository, prefix, hours=args.backup_hours, without=args.no_backup)
            )
        documents = counts.by_kind(counts.by_index(cluster.es, f"{prefix}-*"), prefix)
    if running != target:
        found += _images(running, target)
    began = admin.now()
    return found, {"from": running, "to": target, "documents": documents, "began": began}


def _images(running: str, target: str) -> list[Finding]:
    new = images.changes(running, target)
    services: Row = engine.config(extra=new)["services"]
    current = {row["Service"]: str(row["Image"]) for row in engine.containers()}
    going_on = bool(containers.begun())
    return [*images.look(new, services, {} if going_on else current)]


def do(book: Row, console: Console) -> Row:
    """Upgrade, and what came of it. UserError when a service does not come up."""
    new = images.changes(book["from"], book["to"])
    services: Row = engine.config(extra=new)["services"]
    containers.carry_out(new, services, book, console)
    up.start(console)
    prefix = rules_of()[1]
    with admin.connect() as cluster:
        after = counts.by_kind(counts.by_index(cluster.es, f"{prefix}-*"), prefix)
        said = containers.versions(services, cluster.version)
    wrong = {name: version for name, version in said.items() if name != "kafka" and not version.startswith(book["to"])}
    if engine.existing():
        wrong.pop("elasticsearch", None)
    containers.done()
    return {**book, "after": after, "fewer": checks.fewer(book["documents"], after), "versions": said, "wrong": wrong}
