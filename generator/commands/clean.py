"""`clean`: stop, and remove data, secrets and what was unpacked for this checkout."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from generator import mode, paths
from generator.commands.down import stop_embedded
from generator.embedded import place

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`clean`."""
    sub.add_parser("clean", help="stop, and remove data and secrets of this checkout").set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0, also when there is nothing. Downloads stay in the user's cache: other checkouts use them too."""
    if mode.current() == "docker" and (code := mode.stack("clean", args)):
        return code
    stop_embedded()
    for folder in (place.base(), paths.STATE):
        if folder.exists():
            shutil.rmtree(folder)
            print(f"removed {folder}")
    return 0
