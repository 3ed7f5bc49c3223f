"""The one module that writes generated files."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UserError
from generator.render.check import compare

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Written:
    """The paths that `write` changed and removed, and the number of files that were up to date."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    same: int


def write(files: Mapping[str, str], folder: Path) -> Written:
    """Bring a folder to the rendered state. Files that did not change are not touched.

    All new files are written beside the old ones before the first is replaced, so a full disk leaves the old files
    whole. Each replacement is atomic. UserError when the system refuses.
    """
    findings = compare(files, folder)
    changed = [finding.path for finding in findings if finding.what != "stray"]
    removed = [finding.path for finding in findings if finding.what == "stray"]
    staged: list[tuple[Path, Path]] = []
    try:
        for path in changed:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.append((_stage(target, files[path]), target))
        for temporary, target in staged:
            temporary.replace(target)
        for path in removed:
            (folder / path).unlink()
    except OSError as error:
        raise UserError(f"can't be written: {error.strerror}", where=error.filename or str(folder)) from error
    finally:
        for temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return Written(tuple(changed), tuple(removed), len(files) - len(changed))


def _stage(target: Path, text: str) -> Path:
    """A hidden temporary file beside the target with the text. Anyone may read it: containers run as other users."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        temporary.chmod(0o644)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
