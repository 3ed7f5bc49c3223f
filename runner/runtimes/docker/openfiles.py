"""Whether the engine may give a container the open files that it asks for, before one is made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from runner.findings import Finding, better

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Who has this capability may raise the limit above its own: CAP_SYS_RESOURCE.
RAISE: Final = 1 << 24
ENGINE: Final = "dockerd"


def look(services: dict[str, Any], proc: Path) -> Iterator[Finding]:
    """Nothing where the engine is no process that can be seen (Docker Desktop), or no service asks for a limit.

    `services` as `docker compose config` has them; `proc` is /proc.
    """
    wanted = max((_wanted(service) for service in services.values()), default=0)
    allowed = _allowed(proc)
    if not wanted or allowed is None:
        return
    yield better(
        "open files",
        f"a container may have {allowed:,}, and {wanted:,} are asked for",
        well=allowed >= wanted,
        hint=f"HOLYSHEEP_NOFILE={allowed}, or a higher limit for {ENGINE} (LimitNOFILE in its systemd unit)",
    )


def _wanted(service: dict[str, Any]) -> int:
    limit = (service.get("ulimits") or {}).get("nofile") or {}
    return int(limit.get("hard", 0) if isinstance(limit, dict) else limit)


def _allowed(proc: Path) -> int | None:
    """The most that the engine on this machine may give; None when it can't be seen."""
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
