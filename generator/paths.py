"""Where the files of the checkout are. Every other module asks this one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_checkout(folder: Path) -> bool:
    """Whether a folder is a checkout of the bundle: it holds pricing.yaml and logstash/ruby."""
    return (folder / "pricing.yaml").is_file() and (folder / "logstash" / "ruby").is_dir()


def find_root(environment: Mapping[str, str], current: Path, own: Path) -> Path:
    """The checkout to work on: `$HOLYSHEEP_HOME`, else the one around the current folder, else the program's own.

    `own` is the folder that holds this package. UserError when the current folder is in one checkout and the program in
    another: registry and templates would come from different ones. `$HOLYSHEEP_HOME` says that this is meant.
    """
    if home := environment.get("HOLYSHEEP_HOME"):
        return Path(home).resolve()
    around = next((folder for folder in (current, *current.parents) if is_checkout(folder)), None)
    if around is None:
        return own
    # Only an installed package, beside which there is no checkout, may work on any checkout.
    if is_checkout(own) and around.resolve() != own.resolve():
        raise UserError(
            f"the current folder is in the checkout {around}, but this program belongs to the checkout {own}",
            hint=f"run `make setup` in {around} and use {around}/.venv/bin/holysheep-elk, or go to {own}, "
            f"or, to use this program on the other checkout's files, set HOLYSHEEP_HOME={around}",
        )
    return around


ROOT = find_root(os.environ, Path.cwd(), Path(__file__).resolve().parents[1])
PRICING = ROOT / "pricing.yaml"
#: Data, secrets and downloads of this checkout; git-ignored, removed by `make clean`.
STATE = ROOT / ".state"
