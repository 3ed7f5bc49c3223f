"""`clean`: stop, and remove data, secrets and what was unpacked for this checkout."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from generator import paths
from generator.errors import UserError
from runner.commands.down import stop_embedded
from runner.runtimes import choose as mode
from runner.runtimes.embedded import place

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`clean`."""
    sub.add_parser("clean", help="stop, and remove data and secrets of this checkout").set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0, also when there is nothing. Downloads stay in the user's cache: other checkouts use them too."""
    docker = paths.STATE / "docker"
    keep = None
    # Also after a change to the embedded mode: volumes whose secrets are gone can never be opened again.
    if mode.current() == "docker" or (docker / "secrets").is_dir():
        why_not = mode.no_engine()
        if not why_not:
            if code := mode.stack("clean", args):
                return code
        elif mode.current() == "docker":
            raise UserError(f"the containers and volumes can't be removed: {why_not}", where="clean")
        else:
            keep = docker
            print(f"{docker} is kept: its secrets may belong to volumes of a Docker engine, and none answers")
    stop_embedded()
    gone = [place.base(), paths.STATE]
    if keep is not None:
        gone = [place.base(), *(path for path in paths.STATE.iterdir() if path != keep)]
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path)
            print(f"removed {path}")
        else:
            path.unlink(missing_ok=True)
    return 0
