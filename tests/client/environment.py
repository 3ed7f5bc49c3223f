"""Programs that run packages of an environment of their own: LiteLLM alone brings seventy others."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of the person who tests: settings, and authorities that `requests` prefers to those of its caller.
FOREIGN: Final = ("HOLYSHEEP_", "OTEL_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
LOCK: Final = Path(__file__).with_name("packages.lock")
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "holysheep-elk"


def python() -> Path | None:
    """The interpreter of the environment that `.ci/packages.sh` makes from the lock; None when it was not made."""
    made = CACHE / f"packages-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    return made / "bin" / "python" if (made / "ready").is_file() else None


def environment(folder: Path, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables of a program that logs by our client into `folder`, whatever the person who tests has set."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {
        **own,
        "PYTHONPATH": str(ROOT / "client"),
        "HOLYSHEEP_LOG_FILE": str(folder / "api_requests.log"),
        "HOLYSHEEP_SPOOL": str(folder / "spool"),
        **(variables or {}),
    }


def run(interpreter: Path, program: str, folder: Path, variables: Mapping[str, str], *arguments: str) -> str:
    """What the program printed; AssertionError with its errors where it failed."""
    ran = subprocess.run(
        [interpreter, "-c", program, *arguments],
        env=environment(folder, variables), cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout
