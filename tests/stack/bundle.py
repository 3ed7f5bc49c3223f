"""A copy of what ships, so that tests may change prices and secrets without touching the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from generator.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

#: All that containers are given, and what the generator makes it from.
SHIPPED: Final = (
    "compose", "docs", "elasticsearch", "filebeat", "kibana", "logstash", "templates", "pricing.yaml",
    "pricing.schema.json",
)  # fmt: skip


def copy(folder: Path) -> None:
    """The files as they are, without a person's own compose/.env."""
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(".env", "__pycache__"))
        else:
            shutil.copyfile(source, folder / name)


def generator(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """A command of the generator, on the copy."""
    environment = {**os.environ, "HOLYSHEEP_HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "runner", *args],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def prefix(folder: Path) -> str:
    """The index prefix of the rendered rules."""
    return str(json.loads((folder / "logstash" / "rules" / "rules.json").read_text(encoding="utf-8"))["index_prefix"])
