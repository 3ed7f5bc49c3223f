"""Compares the generated files of a folder with what would be rendered now, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.render.bundle import OWNED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """A file that is not as it would be rendered. `what` is missing, different or stray."""

    path: str
    what: str


def compare(files: Mapping[str, str], folder: Path) -> list[Finding]:
    """What differs, by path. Git is not asked, so uncommitted work does not matter."""
    found = []
    for path, text in files.items():
        target = folder / path
        if not target.is_file():
            found.append(Finding(path, "missing"))
        elif target.read_bytes() != text.encode():
            found.append(Finding(path, "different"))
    found += [Finding(path, "stray") for path in strays(files, folder)]
    return sorted(found, key=lambda finding: finding.path)


def strays(files: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Files in wholly generated folders that nothing renders; hidden ones are not ours."""
    for owned in OWNED:
        for found in sorted((folder / owned).rglob("*")):
            path = found.relative_to(folder).as_posix()
            if path not in files and (found.is_file() or found.is_symlink()) and not found.name.startswith("."):
                yield path
