"""A scratch copy of the checkout, in which the examples of a page are run as a user would run them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.docpages import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

#: The copy is without the tests; hidden entries hold state and tools of the checkout.
LEFT_OUT: Final = frozenset({"tests"})
#: A line of the documented logging client, for the examples that read `my.log`.
LINE: Final = (
    '{"timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1", "prompt_tokens": 150, "completion_tokens": 320,'
    ' "total_tokens": 470, "latency_ms": 850, "status": "success"}\n'
)
#: A line of a gateway's export by the template of docs/webhook.md, for the examples that read `export.ndjson`.
EXPORT: Final = (
    '{"id": "req-1", "event": "chat_completion", "timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1",'
    ' "tokens": {"input": "150", "output": ""}, "latency_ms": "", "status": "error", "error": "timeout"}\n'
)
#: A price file in LiteLLM's form, with another price than the card's.
LITELLM: Final = (
    '{"gpt-4.1": {"input_cost_per_token": 2e-06, "output_cost_per_token": 2.4e-05, "litellm_provider": "openai"}}'
)


def make(folder: Path) -> None:
    """Copy the checkout's files, link its Python environment, and write the files and the secret that examples read."""
    for source in ROOT.iterdir():
        if source.name.startswith(".") or source.name in LEFT_OUT:
            continue
        if source.is_dir():
            shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy2(source, folder / source.name)
    environment = folder / ".venv"
    environment.mkdir()
    for entry in Path(sys.prefix).iterdir():
        (environment / entry.name).symlink_to(entry)
    # Newer than requirements.lock, so that make installs nothing.
    (environment / ".ready").unlink(missing_ok=True)
    (environment / ".ready").touch()
    shutil.copy2(folder / "pricing.yaml", folder / "other.yaml")
    (folder / "my.log").write_text(LINE, encoding="utf-8")
    (folder / "export.ndjson").write_text(EXPORT, encoding="utf-8")
    (folder / "model_prices.json").write_text(LITELLM, encoding="utf-8")
    secrets = folder / ".state" / "docker" / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "privacy_key").write_text("key", encoding="utf-8")


def run(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run one command line in the copy by bash, without variables of the bundle."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOLYSHEEP_", "MAKE"))}
    # Before the installed package, which belongs to the real checkout.
    packages = os.pathsep.join((str(folder), str(folder / "client")))
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder,
        env={**kept, "PYTHONPATH": packages, "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def edit(path: str, change: Callable[[str], str]) -> Callable[[Path, str], None]:
    """Puts a YAML block into a file of the copy: where `change` leaves the word `BLOCK` in the file's text."""

    def apply(folder: Path, block: str) -> None:
        file = folder / path
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(change(old).replace("BLOCK", block), encoding="utf-8")

    return apply
