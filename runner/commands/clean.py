"""`clean`: stops everything, and removes the data, secrets and unpacked programs of this checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import paths
from generator.errors import UserError
from runner.host.alone import alone
from runner.host.files import remove_tree
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def run(_args: argparse.Namespace) -> int:
    """Exit code 0, also when there is nothing to remove. Downloads stay in the user's cache for other checkouts."""
    with alone(paths.STATE, "clean"):
        return _clean()


def _clean() -> int:
    folder_to_keep = _remove_containers()
    removed = choose.of("embedded").remove(print)
    if paths.STATE.is_dir():
        _remove_state(folder_to_keep)
        removed = True
    if not removed:
        print("there was nothing to remove")
    return 0


def _remove_containers() -> Path | None:
    """Remove containers and volumes.

    Returns the folder of their secrets when they can't be removed: it must stay, since volumes may need the secrets.
    """
    before = choose.remembered()
    folder = paths.STATE / "docker"
    started = before is not None and before.mode == "docker"
    # This holds after a change to the embedded mode too: volumes can't be opened any more without their secrets.
    if not started and not (folder / "secrets").is_dir():
        return None
    try:
        choose.of("docker").remove(print)
    except UserError:
        if started:
            raise
        print(f"{folder} is kept: its secrets may belong to Docker volumes, and no Docker engine answers")
        return folder
    return None


def _remove_state(keep: Path | None) -> None:
    for path in [paths.STATE] if keep is None else [path for path in paths.STATE.iterdir() if path != keep]:
        if path.is_dir():
            remove_tree(path)
        else:
            path.unlink(missing_ok=True)
        print(f"removed {path}")
