"""Looks at the machine before anything is started: what is short, and what to do about it.

`python -m generator.stack.doctor`; exit 1 when something must be put right first.
"""

from __future__ import annotations

import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from docker.errors import DockerException

from generator.paths import ROOT
from generator.stack import engine, settings
from generator.stack.available import unreachable

GIB: Final = 1024**3
MEMORY: Final = 6 * GIB
DISK: Final = 10 * GIB
#: What Elasticsearch's start-up check asks for, on Linux, where a node is not alone.
MAP_COUNT: Final = 262_144
MAP_FILE: Final = Path("/proc/sys/vm/max_map_count")
PORTS: Final = {
    "HOLYSHEEP_ELASTICSEARCH_PORT": 9200,
    "HOLYSHEEP_KIBANA_PORT": 5601,
    "HOLYSHEEP_WEBHOOK_PORT": 8080,
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    state: Literal["ok", "warning", "wrong"]
    what: str
    hint: str = ""


def look() -> list[Finding]:
    """Everything, in the order in which one would put it right."""
    try:
        memory = int(engine.client().info().get("MemTotal", 0))
        server = str(engine.client().version()["Version"])
    except DockerException as error:
        return [Finding("wrong", f"no Docker engine answers: {error}", "start it, or set DOCKER_HOST")]
    found = [Finding("ok", f"Docker engine {server}")]
    if engine.compose_command() is None:
        return [*found, Finding("wrong", "there is no `docker compose`", "install the plugin, 2.24 or newer")]
    found += [Finding("ok", "docker compose"), *_room(memory)]
    if not any(row["State"] == "running" for row in engine.containers()):
        found += [_port(name, int(settings.value(name, str(port)))) for name, port in PORTS.items()]
    for image in sorted({service["image"] for service in engine.config()["services"].values()}):
        reason = unreachable(image)
        found.append(Finding("wrong", reason, "docs/air-gapped.md") if reason else Finding("ok", f"image {image}"))
    return found


def _room(memory: int) -> list[Finding]:
    found = []
    gib = f"{memory / GIB:.1f} GiB of memory"
    found.append(Finding("ok", gib) if memory >= MEMORY else Finding("warning", gib, "6 GiB and more are comfortable"))
    free = shutil.disk_usage(ROOT).free
    disk = f"{free / GIB:.0f} GiB of disk are free here"
    found.append(Finding("ok", disk) if free >= DISK else Finding("warning", disk, "10 GiB and more are comfortable"))
    if MAP_FILE.is_file():
        count = int(MAP_FILE.read_text())
        what = f"vm.max_map_count is {count}"
        hint = f"sysctl -w vm.max_map_count={MAP_COUNT}: several nodes refuse to start without"
        found.append(Finding("ok", what) if count >= MAP_COUNT else Finding("warning", what, hint))
    return found


def _port(name: str, port: int) -> Finding:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    return Finding("wrong", f"port {port} is taken", f"set {name}") if taken else Finding("ok", f"port {port} is free")


def main() -> int:
    """Print what was found."""
    found = look()
    for one in found:
        print(f"{one.state:<8} {one.what}" + (f": {one.hint}" if one.hint else ""))
    return int(any(one.state == "wrong" for one in found))


if __name__ == "__main__":
    sys.exit(main())
