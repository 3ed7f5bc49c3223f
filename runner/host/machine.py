"""What the machine has to give: memory, disk, ports, and a user that may run Elasticsearch."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator.errors import UserError

MIB: Final = 1024 * 1024
MIN_HEAP: Final = 512
MAX_HEAP: Final = 2048
#: What a JVM needs besides its heap (code, threads, buffers), in MiB; seen: 350 to 450 with the smallest heap.
OVERHEAD: Final = 400
MIN_DISK: Final = 2048
PORT: Final = 9200


@dataclass(frozen=True)
class Runner:
    """The user that Elasticsearch runs as; None means the one who called us."""

    name: str
    uid: int
    gid: int


def memory() -> int:
    """MiB that a new process may use now: what is available, or what the container's limit leaves."""
    available = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        available = int(lines["MemAvailable"].split()[0]) // 1024
    group = Path("/sys/fs/cgroup")
    try:
        limit, used = (group / "memory.max").read_text().strip(), (group / "memory.current").read_text()
        if limit != "max":
            available = min(available, (int(limit) - int(used)) // MIB)
    except (OSError, ValueError):
        pass  # no cgroup v2: the machine's figure stands
    return available


def heap(available: int) -> int:
    """MiB of heap: HOLYSHEEP_ES_HEAP, else a quarter of what is free, within 512 and 2048. UserError: it can't fit."""
    if (wanted := os.environ.get("HOLYSHEEP_ES_HEAP")) is not None:
        if not wanted.isdigit() or not 256 <= int(wanted) <= available:  # noqa: PLR2004  # less doesn't start
            raise UserError(
                f"HOLYSHEEP_ES_HEAP={wanted} can't be had", hint=f"give MiB as a number from 256 to {available}"
            )
        return int(wanted)
    if available < MIN_HEAP + OVERHEAD:
        raise UserError(
            f"{available} MiB of memory are free, Elasticsearch needs {MIN_HEAP + OVERHEAD}",
            where="elasticsearch",
            hint="stop other programs, or give the machine or container more memory",
        )
    return max(MIN_HEAP, min(MAX_HEAP, available // 4))


def check_disk(folder: Path) -> None:
    """Raises UserError below 2 GiB free: Elasticsearch stops taking documents before the disk is full."""
    free = shutil.disk_usage(folder).free // MIB
    if free < MIN_DISK:
        raise UserError(
            f"{free} MiB of disk are free at {folder}, {MIN_DISK} are needed",
            where="elasticsearch",
            hint="free some space, or set HOLYSHEEP_HOME to a checkout on a bigger disk",
        )


def is_free(port: int) -> bool:
    """Whether a server can listen on 127.0.0.1:port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(near: int) -> int:
    """The next port that is free, the asked one included."""
    for port in range(near, near + 100):
        if is_free(port):
            return port
    raise UserError(f"no port from {near} to {near + 99} is free", where="elasticsearch", hint="set HOLYSHEEP_ES_PORT")


def http_port(near: int = PORT) -> tuple[int, bool]:
    """The port to listen on, and whether it may be another.

    A port that the user asked for (HOLYSHEEP_ES_PORT) is that or an error; the usual one may give way.
    """
    if wanted := os.environ.get("HOLYSHEEP_ES_PORT"):
        if not wanted.isdigit() or not 0 < int(wanted) < 2**16:
            raise UserError(f"HOLYSHEEP_ES_PORT={wanted} is no port", hint="use a number from 1 to 65535")
        if not is_free(int(wanted)):
            raise UserError(
                f"port {wanted} is taken by another program",
                where="elasticsearch",
                hint="stop that, or set HOLYSHEEP_ES_PORT to a free one",
            )
        return int(wanted), False
    return free_port(near), True


def runner() -> Runner | None:
    """Elasticsearch refuses root: as root, an unprivileged user that every system has; else None."""
    if os.geteuid() != 0:
        return None
    for name in ("elasticsearch", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Runner(name, entry.pw_uid, entry.pw_gid)
    raise UserError(
        "Elasticsearch refuses to run as root, and there is no user nobody", hint="run this as an ordinary user"
    )


def reachable(path: Path, who: Runner | None) -> Path | None:
    """The first folder on the way to a path that the runner may not enter; None when all is well."""
    if who is None:
        return None
    for folder in reversed((path, *path.parents)):
        if not folder.exists():
            continue
        found = folder.stat()
        shift = 6 if found.st_uid == who.uid else 3 if found.st_gid == who.gid else 0
        if not (stat.S_IMODE(found.st_mode) >> shift) & 1:
            return folder
    return None
