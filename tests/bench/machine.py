"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

from generator import paths
from runner.host import jdk, maven
from runner.runtimes.embedded import place


def describe() -> dict[str, Any]:
    """CPU, memory, versions and commit. Load is of the moment: anything near the number of cores disturbs."""
    chosen = place.chosen()
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "jdk": _jdk(chosen.jdk),
        "jruby": maven.JRUBY.version,
        "elasticsearch": chosen.elasticsearch,
        "commit": _git("rev-parse", "--short=12", "HEAD") + ("+" if _git("status", "--porcelain") else ""),
        "load": load(),
    }


def load() -> float:
    """Mean number of running programs of the last minute."""
    return round(os.getloadavg()[0], 1)


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    results = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.is_file() else None
    return results.group(1) if results else platform.processor() or "unknown"


def _jdk(java: jdk.Jdk) -> str:
    """The version as the runtime's release file states it."""
    release = java.home / "release"
    results = (
        re.search(r'^JAVA_RUNTIME_VERSION="([^"]+)"', release.read_text(), re.MULTILINE) if release.is_file() else None
    )
    return results.group(1) if results else str(java.major)


def _git(*command: str) -> str:
    """Empty where there is no git or no repository."""
    try:
        ran = subprocess.run(["git", *command], cwd=paths.ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ran.stdout.strip()
