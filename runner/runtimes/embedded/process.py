"""Processes that outlive the command that started them, told apart from strangers that got their number."""

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
    """What is written down of a started process. `started` is its start time in the system's own words."""

    pid: int
    started: str
    version: str
    port: int

    @property
    def alive(self) -> bool:
        """Whether that very process still runs; a recycled number has another start time."""
        return start_of(self.pid) == self.started

    def write(self, path: Path) -> None:
        """Replace the file in one step."""
        write_whole(path, json.dumps(asdict(self)) + "\n")


def read(path: Path) -> Record | None:
    """The record in a file; None when there is none or it can't be understood."""
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def start_of(pid: int) -> str | None:
    """When a process was started; None when it is gone, or a zombie."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name in parentheses may hold spaces; state is the first field behind it, start time the twentieth.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{boot} {fields[19]}"
    ran = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, when = ran.stdout.strip().partition(" ")
    return when.strip() if when and not state.startswith("Z") else None


def working_in(folder: Path) -> list[int]:
    """Processes whose working folder lies in `folder`; empty where the system has no /proc.

    Elasticsearch and its launcher work in their folder of logs, so that a start that was broken off can be found
    though nothing was written down of it.
    """
    inside = folder.resolve()
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            at = (entry / "cwd").resolve(strict=True)
        except OSError:
            continue
        if at.is_relative_to(inside) and int(entry.name) != os.getpid():
            pids.append(int(entry.name))
    return sorted(pids)


def end(pids: list[int], patience_s: float = 30.0) -> None:
    """SIGTERM, and SIGKILL to those that do not heed it in time."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        left = [pid for pid in pids if start_of(pid) is not None]
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        until = time.monotonic() + patience_s
        while time.monotonic() < until and any(start_of(pid) is not None for pid in left):
            time.sleep(0.1)


def stop(record: Record, patience_s: float = 60.0) -> bool:
    """SIGTERM, and SIGKILL to what doesn't heed it in time. True when the gentle way was enough."""
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
