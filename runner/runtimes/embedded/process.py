"""Processes that outlive the command that started them.

A process is identified by its number and its start time, since the system gives a number to a new process later.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from runner.host.files import write_whole


@dataclass(frozen=True)
class Record:
    """The record of a started process. `started`: its start time, in the system's own form."""

    pid: int
    started: str
    version: str
    port: int

    @property
    def alive(self) -> bool:
        """Whether the process still runs. Another process with the same number has another start time."""
        return start_of(self.pid) == self.started

    def write(self, path: Path) -> None:
        """Write the record to a file, in one step."""
        write_whole(path, json.dumps(asdict(self)) + "\n")


def read(path: Path) -> Record | None:
    """The record in a file; None when there is none or it can't be understood."""
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def start_of(pid: int) -> str | None:
    """The start time of a process; None when it has ended or is a zombie."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name in parentheses may hold spaces; state is the first field behind it, start time the twentieth.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{boot} {fields[19]}"
    completed = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, when = completed.stdout.strip().partition(" ")
    return when.strip() if when and not state.startswith("Z") else None


def working_in(folder: Path) -> list[int]:
    """Processes whose working folder lies in `folder`; empty where the system has no /proc.

    Elasticsearch and its launcher work in their folder of logs, so an interrupted start is found without a record.
    """
    inside = folder.resolve()
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            working_folder = (entry / "cwd").resolve(strict=True)
        except OSError:
            continue
        if working_folder.is_relative_to(inside) and int(entry.name) != os.getpid():
            pids.append(int(entry.name))
    return sorted(pids)


def end(pids: list[int], patience_s: float = 30.0) -> None:
    """Send SIGTERM, and after `patience_s` seconds SIGKILL to the processes that still run."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        running = [pid for pid in pids if start_of(pid) is not None]
        for pid in running:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        until = time.monotonic() + patience_s
        while time.monotonic() < until and any(start_of(pid) is not None for pid in running):
            time.sleep(0.1)


def stop(record: Record, patience_s: float = 60.0) -> bool:
    """Send SIGTERM, and after `patience_s` seconds SIGKILL. True when SIGTERM was enough."""
    for number, wait_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 10.0)):
        if not record.alive:
            return True
        try:
            os.kill(record.pid, number)
        except ProcessLookupError:
            return True
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            if not record.alive:
                return number == signal.SIGTERM
            time.sleep(0.1)
    return False
