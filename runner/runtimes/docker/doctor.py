"""Checks a machine for the containers: engine, compose, memory, disk, ports, clock and images."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docker.errors import DockerException

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster import clock as cluster_clock
from runner.cluster import versions
from runner.cluster.reasons import cause_of
from runner.findings import Finding, better
from runner.host import clock, machine
from runner.runtimes.docker import certificates, engine, existing, inside, openfiles, unread
from runner.runtimes.docker.available import needed, unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GIB: Final = 1024**3
DISK: Final = 10 * GIB
#: Elasticsearch takes no documents from 95 % of the disk on; the images alone need about 4 GiB.
LEAST_DISK: Final = 4 * GIB
QUEUE: Final = "HOLYSHEEP_QUEUE_MAX_BYTES"
SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgtp]?)b?", re.IGNORECASE)
#: vm.max_map_count that Elasticsearch demands on Linux when a cluster has several nodes.
MAP_COUNT: Final = 262_144
MAP_FILE: Final = Path("/proc/sys/vm/max_map_count")
#: Port in the container → the variable with the port on the host.
PORTS: Final = {
    9200: "HOLYSHEEP_ELASTICSEARCH_PORT",
    5601: "HOLYSHEEP_KIBANA_PORT",
    8080: "HOLYSHEEP_WEBHOOK_PORT",
    9600: "HOLYSHEEP_LOGSTASH_API_PORT",
}
#: Log files that are named.
SHOWN_FILES: Final = 10
Row = dict[str, Any]


def look() -> list[Finding]:
    """All checks, in the order in which a person would fix them."""
    try:
        before = time.time()
        info = engine.client().info()
        read_at = (before + time.time()) / 2
        server = str(engine.client().version()["Version"])
    except DockerException as error:
        return [
            Finding("engine", "wrong", f"no Docker engine answers: {cause_of(error)}", "start it, or set DOCKER_HOST")
        ]
    memory = int(info.get("MemTotal", 0))
    findings = [Finding("engine", "ok", f"Docker {server}"), *clock_of(info, read_at)]
    if problem := engine.compose_problem():
        return [*findings, Finding("compose", "wrong", problem.what, problem.hint or "")]
    findings.append(Finding("compose", "ok", f"docker compose {versions.text(engine.compose_version())}"))
    try:
        config = engine.config(memory)
    except UserError as error:
        return [
            *findings,
            Finding("compose", "wrong", error.what, error.hint or "check compose/.env and the environment"),
        ]
    chosen = ", ".join(engine.overlays())
    findings.append(Finding("overlays", "ok", chosen or "none"))
    services: Row = config["services"]
    findings += [_memory(memory, services), *_disk(str(info.get("DockerRootDir", "")), services), *_map_count(services)]
    if not engine.remote():
        findings += openfiles.look(services, Path("/proc"))
    findings += _started(services)
    for image in needed(services):
        reason = unreachable(image)
        findings.append(better("image", reason or image, well=reason is None, hint="docs/air-gapped.md"))
    return findings


def _started(services: Row) -> Iterator[Finding]:
    """Of a stack that was started its certificates, and log files while it runs; else whether its ports are free."""
    containers = engine.containers()
    yield from certificates.findings(containers)
    if any(row["State"] == "running" for row in containers):
        yield Finding("ports", "ok", "not checked: the stack runs")
        yield from _log_files(unread.files()["stuck"])
    elif engine.remote():
        yield Finding("ports", "ok", "not checked: the engine is on another machine")
    else:
        yield from (_port(*port) for port in _published(services))


def clock_of(info: Row, read_at: float) -> list[Finding]:
    """Check the Docker engine's clock, which the containers use. `read_at`: this machine's time at the request."""
    return clock.look({"the Docker engine": clock.ahead_of_text(str(info.get("SystemTime", "")), read_at)})


def cluster() -> list[Finding]:
    """Check whether the existing cluster answers, and its clock. Without an API key it is not asked."""
    try:
        key = existing.key(existing.ADMIN_KEY) or existing.key(existing.WRITER_KEY)
        if key is None:
            where = ", ".join(existing.urls())
            return [Finding("cluster", "warning", f"{where} is not checked: there is no API key", "docs/compose.md")]
        with existing.client(key) as es:
            health = str(es.cluster.health()["status"])
            health_finding = [
                better("cluster", f"health is {health}", well=health != "red", hint="see its own monitoring")
            ]
            return [*health_finding, *clock.look({"the cluster": cluster_clock.ahead(es)})]
    except UserError as error:
        return [Finding("cluster", "wrong", error.what, error.hint or "")]


def _memory(memory: int, services: Row) -> Finding:
    limits = sum(int(service.get("mem_limit", 0)) for service in services.values() if service.get("restart") != "no")
    what = f"the containers may use {limits / GIB:.1f} of {memory / GIB:.1f} GiB"
    if limits > memory:
        return Finding("memory", "wrong", what, "add memory, or lower HOLYSHEEP_…_MEMORY: docs/compose.md")
    hint = "a quarter should be left for the file cache"
    return better("memory", what, well=limits <= memory * 3 / 4, otherwise="warning", hint=hint)


def _disk(data: str, services: Row) -> Iterator[Finding]:
    # The volumes are on the engine's disk, the logs on the checkout's. Docker Desktop hides the engine's disk.
    places = {Path(data), ROOT} if data and Path(data).is_dir() else {ROOT}
    for place in sorted(places):
        free = shutil.disk_usage(place).free
        what = f"{free / GIB:.0f} GiB are free at {place}"
        if free < LEAST_DISK:
            yield Finding("disk", "wrong", what, f"{LEAST_DISK // GIB} GiB are needed")
        else:
            yield better("disk", what, well=free >= DISK, otherwise="warning", hint="10 GiB or more are recommended")
    if data and Path(data).is_dir():
        yield from _queue(Path(data), services, inside.queues())


def _queue(data: Path, services: Row, queues: Mapping[str, Row]) -> Iterator[Finding]:
    """Whether Logstash's queue has room to grow to its limit: Logstash starts its pipeline only then.

    `data`: the engine's folder, where the volumes lie. `queues`: from `inside.queues`; empty when Logstash is away.
    """
    limit = size((services.get("logstash", {}).get("environment") or {}).get(QUEUE, ""))
    if limit is None:
        return
    free = shutil.disk_usage(data).free
    missing = limit - int(queues.get("gateway", {}).get("queued_bytes", 0))
    what = f"Logstash's queue may need {max(missing, 0) / GIB:.1f} GiB more ({QUEUE}), {free / GIB:.1f} GiB are free"
    hint = f"free some space, or lower {QUEUE}: without this room Logstash takes no lines after its next start"
    yield better("queue", what, well=free >= missing, hint=hint)


def size(text: str) -> int | None:
    """The bytes of a size as Logstash reads it (4gb, 512mb); None when it is none."""
    match = SIZE.fullmatch(text.strip())
    return int(float(match[1]) * 1024 ** " kmgtp".index(match[2].lower() or " ")) if match else None


def _map_count(services: Row) -> Iterator[Finding]:
    nodes = [name for name in services if name.startswith("elasticsearch")]
    if not MAP_FILE.is_file() or engine.remote() or not nodes:
        return
    count = int(MAP_FILE.read_text())
    # A single node starts even with a lower value, but may run out of memory maps when it holds many indices.
    yield better(
        "memory maps",
        f"vm.max_map_count is {count:,}",
        well=count >= MAP_COUNT,
        otherwise="wrong" if len(nodes) > 1 else "warning",
        hint=f"sysctl -w vm.max_map_count={MAP_COUNT}, and in /etc/sysctl.d to keep it",
    )


def _log_files(files: list[dict[str, str | int]]) -> Iterator[Finding]:
    """A warning for each file that Filebeat does not read, the first ones by name and the rest by number."""
    for file in files[:SHOWN_FILES]:
        yield Finding("log files", "warning", f"{file['path']}: {file['why']}", "docs/log-rotation.md")
    if len(files) > SHOWN_FILES:
        what = f"{len(files) - SHOWN_FILES:,} more files are not read to the end"
        yield Finding("log files", "warning", what, "`make status` lists all")


def _published(services: Row) -> list[tuple[str, int, int]]:
    """(address, port on the host, port in the container) of all services."""
    ports = [port for service in services.values() for port in service.get("ports") or []]
    return sorted((str(p.get("host_ip") or "0.0.0.0"), int(p["published"]), int(p["target"])) for p in ports)  # noqa: S104 - all addresses, in compose


def _port(address: str, port: int, target: int) -> Finding:
    hint = f"stop what uses it (the embedded mode: make down), or set {PORTS.get(target, 'another port')}"
    free = machine.is_free(port)
    return better("port", f"{address}:{port} is {'free' if free else 'taken'}", well=free, hint=hint)
