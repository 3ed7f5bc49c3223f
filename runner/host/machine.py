"""The machine's free memory, disk and ports, and a user that may run Elasticsearch."""

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
    """The system user that Elasticsearch runs as."""

    name: str
    uid: int
    gid: int


def memory() -> int:
    """MiB that a new process may use now: the machine's available memory, or what is left of the container's limit."""
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
        pass  # without cgroup v2 there is no container limit to read
    return available


def heap(available: int) -> int:
    """MiB of heap for Elasticsearch: HOLYSHEEP_ES_HEAP, else a quarter of the free memory, from 512 to 2048.

    `available`: free memory in MiB. Raises UserError when the heap does not fit into it.
    """
    if (wanted := os.environ.get("HOLYSHEEP_ES_HEAP")) is not None:
        if not wanted.isdigit() or not 256 <= int(wanted) <= available:  # noqa: PLR2004  # less doesn't start
            raise UserError(
                f"HOLYSHEEP_ES_HEAP={wanted} is no possible heap size",
                hint=f"write MiB as a number from 256 to {available}",
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
    """The first free port among `near` and the 99 ports after it. UserError when none is free."""
    for port in range(near, near + 100):
        if is_free(port):
            return port
    raise UserError(f"no port from {near} to {near + 99} is free", where="elasticsearch", hint="set HOLYSHEEP_ES_PORT")


def http_port(near: int = PORT) -> tuple[int, bool]:
    """(the port to listen on, whether another port is acceptable).

    HOLYSHEEP_ES_PORT is used as it is; UserError when that port is taken. Without the variable the first free port from
    `near` on is used.
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
    """The user to run Elasticsearch as, which refuses root; None when the current user is not root.

    As root this is an unprivileged user that every system has. UserError when there is none.
    """
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


def blocked_folder(path: Path, user: Runner | None) -> Path | None:
    """The first folder among a path and its parents that `user` may not enter; None when all can be entered."""
    if user is None:
        return None
    for folder in reversed((path, *path.parents)):
        if not folder.exists():
            continue
        status = folder.stat()
        shift = 6 if status.st_uid == user.uid else 3 if status.st_gid == user.gid else 0
        if not (stat.S_IMODE(status.st_mode) >> shift) & 1:
            return folder
    return None
