"""`clean`: stop, and remove data, secrets and what was unpacked for this checkout."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from generator import paths
from generator.errors import UserError
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`clean`."""
    sub.add_parser("clean", help="stop, and remove data and secrets of this checkout").set_defaults(func=run)


def run(_args: argparse.Namespace) -> int:
    """0, also when there is nothing. Downloads stay in the user's cache: other checkouts use them too."""
    kept = _remove_containers()
    removed = choose.of("embedded").remove(print)
    if paths.STATE.is_dir():
        _remove_state(kept)
        removed = True
    if not removed:
        print("there was nothing to remove")
    return 0


def _remove_containers() -> Path | None:
    """Remove containers and volumes; the folder to keep when that can't be done and its secrets belong to volumes."""
    before = choose.remembered()
    folder = paths.STATE / "docker"
    started = before is not None and before.mode == "docker"
    # Also after a change to the embedded mode: volumes whose secrets are gone can never be opened again.
    if not started and not (folder / "secrets").is_dir():
        return None
    try:
        choose.of("docker").remove(print)
    except UserError:
        if started:
            raise
        print(f"{folder} is kept: its secrets may belong to volumes of a Docker engine, and none answers")
        return folder
    return None


def _remove_state(kept: Path | None) -> None:
    for path in [paths.STATE] if kept is None else [path for path in paths.STATE.iterdir() if path != kept]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        print(f"removed {path}")
