"""Checks, before a start, whether the engine can give a container the number of open files that it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from runner.findings import Finding, better

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: CAP_SYS_RESOURCE: a process with this capability may raise limits above its own.
RAISE: Final = 1 << 24
ENGINE: Final = "dockerd"


def look(services: dict[str, Any], proc: Path) -> Iterator[Finding]:
    """The finding on the limit of open files.

    None when the engine's process is hidden (Docker Desktop), or when no service sets a limit. `services`: as in
    `docker compose config`; `proc`: /proc.
    """
    wanted = max((_wanted(service) for service in services.values()), default=0)
    allowed = _allowed(proc)
    if not wanted or allowed is None:
        return
    yield better(
        "open files",
        f"the containers need {wanted:,}, the engine can give {allowed:,}",
        well=allowed >= wanted,
        hint=f"HOLYSHEEP_NOFILE={allowed}, or a higher limit for {ENGINE} (LimitNOFILE in its systemd unit)",
    )


def _wanted(service: dict[str, Any]) -> int:
    limit = (service.get("ulimits") or {}).get("nofile") or {}
    return int(limit.get("hard", 0) if isinstance(limit, dict) else limit)


def _allowed(proc: Path) -> int | None:
    """The highest limit that the engine on this machine can give; None when its process is hidden."""
    for name in proc.glob("[0-9]*/comm"):
        try:
            if name.read_text().strip() != ENGINE:
                continue
            limits = re.search(r"^Max open files +\S+ +(\S+)", (name.parent / "limits").read_text(), re.MULTILINE)
            may_raise = re.search(r"^CapEff:\s*([0-9a-f]+)", (name.parent / "status").read_text(), re.MULTILINE)
            most = int((proc / "sys" / "fs" / "nr_open").read_text())
        except (OSError, ValueError):
            continue
        if may_raise and int(may_raise[1], 16) & RAISE:
            return most
        return int(limits[1]) if limits and limits[1].isdigit() else most
    return None
