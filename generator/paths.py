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


def find_root(environment: Mapping[str, str], current: Path, program: Path) -> Path:
    """The checkout to work on: `$HOLYSHEEP_HOME`, else the checkout around the current folder, else `program`.

    `program` is the checkout that holds this package. UserError when the current folder is in another checkout: the
    registry would come from one checkout and the templates from the other. `$HOLYSHEEP_HOME` allows that on purpose.
    """
    if home := environment.get("HOLYSHEEP_HOME"):
        return Path(home).resolve()
    nearest = next((folder for folder in (current, *current.parents) if is_checkout(folder)), None)
    if nearest is None:
        return program
    # Only an installed package, beside which there is no checkout, may work on any checkout.
    if is_checkout(program) and nearest.resolve() != program.resolve():
        raise UserError(
            f"the current folder is in the checkout {nearest}, but this program belongs to the checkout {program}",
            hint=f"run `make setup` in {nearest} and use {nearest}/.venv/bin/holysheep-elk, or go to {program}, "
            f"or, to use this program on the other checkout's files, set HOLYSHEEP_HOME={nearest}",
        )
    return nearest


ROOT = find_root(os.environ, Path.cwd(), Path(__file__).resolve().parents[1])
PRICING = ROOT / "pricing.yaml"
#: Data, secrets and downloads of this checkout; git-ignored, removed by `make clean`.
STATE = ROOT / ".state"
