"""Reads the rendered elasticsearch/ folder: the files in the order in which they are applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from generator.files import read_json

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
#: The rendered list of folders and APIs, in the order in which they are applied; compose/scripts/setup.sh reads it too.
LIST: Final = "apply.txt"
#: Every bundle has a component template of this name behind its index prefix.
SETTINGS: Final = "-settings"


@dataclass(frozen=True)
class Kind:
    """A folder of rendered files, and the API that they are sent to."""

    folder: str
    api: str


@dataclass(frozen=True)
class Rendered:
    """A rendered file: the body of a PUT to /API/NAME."""

    kind: Kind
    name: str
    body: Json
    path: Path


def kinds(folder: Path) -> list[Kind]:
    """The folders and APIs of the rendered list, in its order. UserError when the list was not rendered."""
    path = folder / LIST
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise UserError("this file is missing", where=str(path), hint="run `make render`") from None
    return [Kind(*line.split()) for line in lines if line and not line.startswith("#")]


def read(folder: Path) -> list[Rendered]:
    """Every rendered file. UserError when there is none."""
    files = [
        Rendered(kind, path.stem, read_json(path, "run `make render`"), path)
        for kind in kinds(folder)
        for path in sorted((folder / kind.folder).glob("*.json"))
    ]
    if not files:
        raise UserError("there is nothing to apply", where=str(folder), hint="run `make render`")
    return files


def prefix_of(names: list[str]) -> str:
    """The index prefix, by the names of the component templates; empty when none of them has the settings."""
    owners = sorted((name.removesuffix(SETTINGS) for name in names if name.endswith(SETTINGS)), key=len)
    return owners[0] if owners else ""


def bodies(files: list[Rendered], folder: str) -> dict[str, Json]:
    """Name → body of the files of a folder."""
    return {file.name: file.body for file in files if file.kind.folder == folder}
