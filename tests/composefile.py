"""The shipped compose files as data: read as YAML, and merged by the real `docker compose` where there is one."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

from runner.runtimes.docker import engine

FOLDER: Final = Path(__file__).parents[1] / "compose"
OVERLAYS: Final = (
    "existing-cluster",
    "three-nodes",
    "kafka",
    "debug",
    "autodiscover",
    "otel",
    "report",
    "alerts",
    "seal",
    "rollup",
    "access-trail",
)
#: What the overlays ask for.
NEEDED: Final = {"HOLYSHEEP_ELASTICSEARCH": "https://x:9200", "HOLYSHEEP_ELASTICSEARCH_CA": "/tmp/ca.pem"}  # noqa: S108
Json = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Knows compose's own tags."""


def _any(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else None


_Loader.add_multi_constructor("!", _any)


def load(name: str = "compose") -> Json:
    """One file, variables left as they are."""
    result: Json = yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    return result


def merged(*overlays: str, **variables: str) -> Json | None:
    """compose.yaml with overlays as `docker compose config` sees it; None where there is no compose."""
    program = engine.compose_command()
    if program is None:
        return None
    files = [part for name in ("compose", *overlays) for part in ("-f", str(FOLDER / f"{name}.yaml"))]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("HOLYSHEEP_", "COMPOSE_"))}
    ran = subprocess.run(
        [*program, "--env-file", os.devnull, *files, "config", "--format", "json"],
        env={**clean, **NEEDED, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    result: Json = json.loads(ran.stdout)
    return result
