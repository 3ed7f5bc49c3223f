"""Checks a machine for the embedded mode: Java, Maven or its downloads, memory, disk, port and clock."""

from __future__ import annotations

import os
import shutil
import socket

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster import clock as cluster_clock
from runner.findings import Finding, better
from runner.host import clock, jdk, machine, maven
from runner.runtimes.embedded import elasticsearch, place, process

#: With less free disk the samples and a few days of logs may fill it.
COMFORT_MIB = 5 * 1024


def look() -> list[Finding]:
    """All checks, in the order in which a person would fix them."""
    record = process.read(place.base() / "elasticsearch.json")
    running = record if record is not None and record.alive else None
    findings = [*_java(), *_memory(running), _disk(), _host_name(), _port(running)]
    return [*findings, *clock.look({"Elasticsearch": _ahead(running)})]


def _java() -> list[Finding]:
    listed = ", ".join(f"Java {java.major} in {java.home}" for java in jdk.find()) or "none"
    try:
        choice = place.chosen()
    except UserError as error:
        return [Finding("java", "wrong", error.what, error.hint or "")]
    findings = [
        Finding("java", "ok", f"Elasticsearch {choice.elasticsearch} on Java {choice.jdk.major} (found: {listed})")
    ]
    newest = next(iter(jdk.VERSIONS))
    if choice.elasticsearch != newest and not os.environ.get("HOLYSHEEP_ES_VERSION"):
        what = f"Elasticsearch {choice.elasticsearch} is used, not {newest}"
        hint = "a newer Java would run it" if choice.jdk.major < jdk.VERSIONS[newest] else "see docs/upgrade.md"
        findings.append(Finding("java", "warning", what, hint))
    artefacts = (maven.JRUBY, maven.ELASTICSEARCH[choice.elasticsearch])
    missing = [artefact.file for artefact in artefacts if not maven.cached(artefact)]
    if not missing:
        return [*findings, Finding("downloads", "ok", "JRuby and Elasticsearch are in the cache")]
    what = f"Maven will download {', '.join(missing)}"
    has_maven = shutil.which("mvn") is not None
    hint = "install maven (Debian, Ubuntu: apt install maven)"
    missing_maven = f"{what}, but there is no mvn"
    return [*findings, better("downloads", what if has_maven else missing_maven, well=has_maven, hint=hint)]


def _memory(running: process.Record | None) -> list[Finding]:
    free = machine.memory()
    if running is not None:
        return [Finding("memory", "ok", f"{free:,} MiB are free beside the running Elasticsearch")]
    try:
        heap = machine.heap(free)
    except UserError as error:
        return [Finding("memory", "wrong", error.what, error.hint or "")]
    return [Finding("memory", "ok", f"{free:,} MiB are free, Elasticsearch would get {heap:,} MiB of heap")]


def _disk() -> Finding:
    existing = next(folder for folder in (place.base(), *place.base().parents, ROOT) if folder.is_dir())
    if not os.access(existing, os.W_OK):
        hint = "make it writable for this user, or copy the checkout to a folder of your own"
        return Finding("disk", "wrong", f"{existing} can't be written", hint)
    free = shutil.disk_usage(existing).free // machine.MIB
    what = f"{free:,} MiB are free at {existing}"
    if free < machine.MIN_DISK:
        return Finding("disk", "wrong", what, f"{machine.MIN_DISK:,} are needed")
    return better("disk", what, well=free >= COMFORT_MIB, otherwise="warning", hint="it fills soon")


def _host_name() -> Finding:
    # Elasticsearch looks its machine's name up at its start, and ends when the name has no address.
    name = socket.gethostname()
    try:
        socket.getaddrinfo(name, None)
    except OSError as error:
        what = f"the name of this machine, {name}, can't be resolved: {error}"
        return Finding("host name", "wrong", what, f"add `127.0.0.1 {name}` to /etc/hosts")
    return Finding("host name", "ok", name)


def _port(running: process.Record | None) -> Finding:
    if running is not None:
        return Finding("port", "ok", f"{running.port} is used by this checkout's Elasticsearch (pid {running.pid})")
    try:
        port, _ = machine.http_port()
    except UserError as error:
        return Finding("port", "wrong", error.what, error.hint or "")
    if port == machine.PORT or os.environ.get("HOLYSHEEP_ES_PORT"):
        return Finding("port", "ok", f"{port} is free")
    return Finding("port", "ok", f"{machine.PORT} is taken by another program, {port} would be used")


def _ahead(running: process.Record | None) -> float | None:
    layout = place.current()
    if running is None or layout is None:
        return None
    try:
        with elasticsearch.client(layout, running.port).options(request_timeout=10) as es:
            return cluster_clock.ahead(es)
    except (TransportError, ApiError):
        return None
