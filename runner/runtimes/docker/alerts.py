"""The program in the alerts container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.runtimes.docker import engine, secrets, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

SERVICE: Final = "alerts"
PROGRAM: Final = ("/opt/holysheep/python/bin/python", "-m", "holysheep_alerts.start")


def prepare() -> None:
    """Make the folder of the channels' secrets with the overlay, and give it and its files to the container's user."""
    if SERVICE not in engine.overlays():
        return
    folder = settings.alert_secrets()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (folder, *folder.iterdir()):
        secrets.give(path, settings.user())


def run(args: Sequence[str]) -> tuple[int, str]:
    """Exit code, and output of both kinds. UserError when the container doesn't run."""
    rows = engine.containers()
    name = next((row["Name"] for row in rows if (row["Service"], row["State"]) == (SERVICE, "running")), None)
    if name is None:
        hint = "add alerts to HOLYSHEEP_OVERLAYS in compose/.env, then: make up"
        raise UserError("the alerts container doesn't run", hint=hint)
    code, output = engine.client().containers.get(name).exec_run([*PROGRAM, *args])
    return int(code or 0), output.decode("utf-8", "replace") if isinstance(output, bytes) else ""
