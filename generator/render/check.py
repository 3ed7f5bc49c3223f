"""Compares the generated files on disk with a fresh rendering in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.render.bundle import OWNED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """A generated file that is out of date. `what` is missing, different or stray."""

    path: str
    what: str


def compare(files: Mapping[str, str], folder: Path) -> list[Finding]:
    """The files of a folder that differ from `files`, by path. Git plays no part, so uncommitted work is fine."""
    findings = []
    for path, text in files.items():
        target = folder / path
        if not target.is_file():
            findings.append(Finding(path, "missing"))
        elif target.read_bytes() != text.encode():
            findings.append(Finding(path, "different"))
    findings += [Finding(path, "stray") for path in strays(files, folder)]
    return sorted(findings, key=lambda finding: finding.path)


def strays(files: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Files in generated folders that nothing renders. Hidden files are left alone."""
    for generated_folder in OWNED:
        for file in sorted((folder / generated_folder).rglob("*")):
            path = file.relative_to(folder).as_posix()
            if path not in files and (file.is_file() or file.is_symlink()) and not file.name.startswith("."):
                yield path
