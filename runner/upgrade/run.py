"""Runs an upgrade: checks, upgrades each service, compares documents and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runner.cluster import admin, counts
from runner.findings import Finding, better
from runner.lines.feed import rules_of
from runner.upgrade import checks, journal
from runner.words import counted

if TYPE_CHECKING:
    import argparse

    from runner.runtime import Runtime, Say

Row = dict[str, Any]


def look(runtime: Runtime, args: argparse.Namespace, target: str) -> tuple[list[Finding], Row]:
    """(findings, journal entry of the upgrade). Nothing is changed."""
    begun = journal.read()
    if begun.get("to") == target:
        step = Finding("step", "ok", f"resumes {begun['from']} → {target}, begun {begun['began']}")
        return [step, *runtime.ready_for(begun["from"], target, resumed=True)], begun
    prefix = rules_of()[1]
    with admin.connect(runtime) as cluster:
        running = _running_version(runtime, cluster.version)
        step = checks.step(running, target)
        if step.state == "wrong":
            return [step], {}
        findings = [step, *_services(runtime)]
        if not runtime.owns_cluster:
            findings.append(_existing_cluster(cluster.version, target))
        findings += checks.cluster(cluster.es, prefix)
        if runtime.owns_cluster:
            if step.what.endswith("major step"):
                findings.append(checks.deprecations(cluster.es))
            findings.append(
                checks.backup(cluster.es, args.repository, prefix, hours=args.backup_hours, without=args.no_backup)
            )
        documents = counts.by_kind(counts.by_index(cluster.es, f"{prefix}-*"), prefix)
    if running != target:
        findings += runtime.ready_for(running, target, resumed=bool(begun))
    return findings, {"from": running, "to": target, "documents": documents, "began": admin.now()}


def do(runtime: Runtime, before: Row, say: Say) -> Row:
    """Upgrade, and compare the documents and versions. UserError when a service does not become healthy."""
    runtime.move_to(before["from"], before["to"], say, lambda: journal.write(before))
    prefix = rules_of()[1]
    with admin.connect(runtime) as cluster:
        after = counts.by_kind(counts.by_index(cluster.es, f"{prefix}-*"), prefix)
        versions = runtime.versions(cluster.version)
    wrong = {name: version for name, version in versions.items() if not version.startswith(before["to"])}
    journal.forget()
    fewer = checks.fewer(before["documents"], after)
    return {**before, "after": after, "fewer": fewer, "versions": versions, "wrong": wrong}


def _running_version(runtime: Runtime, cluster: str) -> str:
    if runtime.owns_cluster:
        return cluster
    # An existing cluster is not upgraded. What is upgraded is Logstash.
    return next((service.version for service in runtime.status().services if service.name == "logstash"), cluster)


def _services(runtime: Runtime) -> list[Finding]:
    status = runtime.status()
    unwell = [service.name for service in status.services if not service.well]
    what = f"not healthy: {', '.join(unwell)}" if unwell else f"healthy: {counted(len(status.services), 'service')}"
    dead_letters = sum(service.dead_letter_bytes or 0 for service in status.services)
    return [
        better("services", what, well=status.well, hint="make status, make logs"),
        better(
            "dead letters",
            f"{dead_letters:,} bytes wait",
            well=not dead_letters,
            otherwise="warning",
            hint="make status",
        ),
    ]


def _existing_cluster(version: str, target: str) -> Finding:
    return better(
        "cluster",
        f"the cluster is {version}",
        well=not checks.newer(target, version),
        hint="upgrade the cluster first",
    )
