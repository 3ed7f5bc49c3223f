"""`upgrade` of the embedded Elasticsearch: the same looks, one process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster import admin, counts
from runner.cluster import apply as applying
from runner.findings import Finding
from runner.host import jdk
from runner.lines.feed import rules_of
from runner.runtimes.embedded import elasticsearch, place
from runner.upgrade import checks

if TYPE_CHECKING:
    import argparse

    from rich.console import Console

Row = dict[str, Any]


def look(args: argparse.Namespace, target: str) -> tuple[list[Finding], Row]:
    """(findings, what is known before): nothing is changed."""
    prefix = rules_of()[1]
    with admin.connect() as cluster:
        step = checks.step(cluster.version, target)
        if step.state == "wrong":
            return [step], {}
        found = [step, _java(target), *checks.cluster(cluster.es, prefix)]
        if step.what.endswith("major step"):
            found.append(checks.deprecations(cluster.es))
        found.append(
            checks.backup(cluster.es, args.repository, prefix, hours=args.backup_hours, without=args.no_backup)
        )
        documents = counts.by_kind(counts.by_index(cluster.es, f"{prefix}-*"), prefix)
    return found, {"from": cluster.version, "to": target, "documents": documents, "began": admin.now()}


def _java(target: str) -> Finding:
    wanted = os.environ.get("HOLYSHEEP_ES_VERSION")
    if wanted and wanted != target:
        return Finding("java", "wrong", f"HOLYSHEEP_ES_VERSION={wanted} asks for another", "unset it")
    try:
        choice = jdk.choose(jdk.find(), target)
    except UserError as error:
        return Finding("java", "wrong", error.what, error.hint or "")
    return Finding("java", "ok", f"Java {choice.jdk.major} runs Elasticsearch {target}")


def do(book: Row, console: Console) -> Row:
    """Stop the old, start the new on the same data, apply the templates, and what came of it."""
    choice = jdk.choose(jdk.find(), book["to"])
    old = place.current()
    if old is not None:
        elasticsearch.stop(old, console.print)
    layout = place.layout(book["to"])
    elasticsearch.start(layout, choice, lambda text: console.print(f"  {text}", markup=False))
    prefix = rules_of()[1]
    with admin.connect() as cluster:
        applying.apply(cluster.es, ROOT / "elasticsearch")
        after = counts.by_kind(counts.by_index(cluster.es, f"{prefix}-*"), prefix)
        said = {"elasticsearch": cluster.version}
    wrong = {} if cluster.version == book["to"] else said
    return {**book, "after": after, "fewer": checks.fewer(book["documents"], after), "versions": said, "wrong": wrong}
