"""`clean` with Docker."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from runner.runtimes.docker import engine, settings

if TYPE_CHECKING:
    import argparse


def run(_args: argparse.Namespace) -> int:
    """Remove containers, networks, volumes, and then the secrets that belonged to them."""
    code = engine.run("down", "--volumes", "--remove-orphans")
    if code == 0 and settings.FOLDER.exists():
        shutil.rmtree(settings.FOLDER)
        print(f"removed {settings.FOLDER}")
    return code
