"""Which variables name the images of another version."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from generator.paths import ROOT
from runner.findings import Finding
from runner.runtimes.docker import engine, settings
from runner.runtimes.docker.available import unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION: Final = "HOLYSHEEP_VERSION"
OWN: Final = ("ELASTICSEARCH", "LOGSTASH", "FILEBEAT", "KIBANA")
Row = dict[str, Any]


def default() -> str:
    """The version that compose.yaml names: the one that this checkout was made for."""
    text = (ROOT / "compose" / "compose.yaml").read_text(encoding="utf-8")
    found = re.search(r"\$\{HOLYSHEEP_VERSION:-([\d.]+)\}", text)
    return found[1] if found else ""


def changes(running: str, target: str) -> dict[str, str]:
    """The lines of compose/.env that lead to the target: the version, and names of one's own that end with the old."""
    found = {VERSION: target}
    for part in OWN:
        name = f"HOLYSHEEP_IMAGE_{part}"
        image = settings.value(name, "")
        if image.endswith(f":{running}"):
            found[name] = image.removesuffix(running) + target
    return found


def look(new: dict[str, str], services: Row, current: dict[str, str]) -> Iterator[Finding]:
    """Findings on the images of the target. `services`: of the merged files with the new values; `current`: as it runs.

    What stays the same would not be upgraded; what can't be had stops the upgrade half-way.
    """
    for name, value in new.items():
        if name in os.environ and os.environ[name] != value:
            yield Finding("variables", "wrong", f"{name} is set in the environment to another value", f"unset {name}")
    if engine.DIGESTS in engine.overlays():
        hint = "take `digests` out of HOLYSHEEP_OVERLAYS, upgrade, then record them anew: holysheep-elk digests"
        yield Finding("images", "wrong", "the overlay digests pins the images", hint)
        return
    for image in sorted({services[name]["image"] for name in ours(services)}):
        same = sorted(name for name in ours(services) if services[name]["image"] == image == current.get(name))
        if same:
            hint = "name the new version's image in compose/.env: HOLYSHEEP_IMAGE_…"
            yield Finding("images", "wrong", f"{image} stays the same for {', '.join(same)}", hint)
        elif reason := unreachable(image):
            yield Finding("images", "wrong", reason, "docs/air-gapped.md")
        else:
            yield Finding("images", "ok", image)


def ours(services: Row) -> list[str]:
    """The services that follow the Elastic Stack's version."""
    return [name for name in services if name not in {"kafka", "otel"}]
