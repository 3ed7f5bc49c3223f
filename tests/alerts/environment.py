"""ElastAlert 2 in an environment of its own, as the container has it, and one run of it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.alerts import render as alerts
from generator.paths import ROOT
from generator.registry import fields

if TYPE_CHECKING:
    from generator.card.model import Card

LOCK: Final = ROOT / "elastalert" / "requirements.lock"
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "holysheep-elk"


def python() -> Path | None:
    """The interpreter of the environment that `.ci/elastalert.sh` makes from the lock; None when it was not made."""
    if own := os.environ.get("HOLYSHEEP_ELASTALERT_PYTHON"):
        return Path(own)
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    made = CACHE / f"elastalert-{digest}"
    return made / "bin" / "python" if (made / "ready").is_file() else None


def render(card: Card, folder: Path) -> Path:
    """The card's rules in a folder as the container has it."""
    for name, text in alerts.files(card, Path(fields.__file__).parent).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "elastalert"


def start(interpreter: Path, folder: Path, variables: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """`python -m holysheep_alerts.start …`, as the container does it."""
    own = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "elastalert"),
        "HOLYSHEEP_ELASTALERT": str(folder),
        "HOLYSHEEP_CHANNELS": str(folder / "channels"),
        "HOLYSHEEP_SECRETS": str(folder / "secrets"),
    }
    return subprocess.Popen(
        [str(interpreter), "-m", "holysheep_alerts.start", *arguments],
        env={**own, **variables},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
