"""The images of an upgrade: the variables that name them, and whether they can be pulled."""

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
    """The version in compose.yaml, for which this checkout was made."""
    text = (ROOT / "compose" / "compose.yaml").read_text(encoding="utf-8")
    match = re.search(r"\$\{HOLYSHEEP_VERSION:-([\d.]+)\}", text)
    return match[1] if match else ""


def changes(running: str, target: str) -> dict[str, str]:
    """Variables of compose/.env for the target: HOLYSHEEP_VERSION, and each HOLYSHEEP_IMAGE_… with the old tag."""
    variables = {VERSION: target}
    for part in OWN:
        name = f"HOLYSHEEP_IMAGE_{part}"
        image = settings.value(name, "")
        if image.endswith(f":{running}"):
            variables[name] = image.removesuffix(running) + target
    return variables


def look(new: dict[str, str], services: Row, current: dict[str, str]) -> Iterator[Finding]:
    """Check the images of an upgrade, before anything is changed.

    An image that stays the same is not upgraded; an image that can't be pulled would stop the upgrade half-way.
    `new`: variables of the target; `services`: of the merged compose files with these variables; `current`: service →
    image that runs now.
    """
    for name, value in new.items():
        if name in os.environ and os.environ[name] != value:
            yield Finding("variables", "wrong", f"{name} is set in the environment to another value", f"unset {name}")
    if engine.DIGESTS in engine.overlays():
        hint = "remove `digests` from HOLYSHEEP_OVERLAYS, upgrade, then write it again: holysheep-elk digests"
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
    """The services that have the Elastic Stack's version."""
    return [name for name in services if name not in {"kafka", "otel", "alerts", "report", "rollup", "seal", "proxy"}]
