"""The one module that writes generated files."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.errors import UserError
from generator.files import PUBLIC, replacing
from generator.render.check import compare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


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
    try:
        with ExitStack() as stack:
            for path in changed:
                file = stack.enter_context(replacing(folder / path, mode=PUBLIC))
                file.write(files[path].encode())
                # Closed at once: hundreds of open files would exceed the limit of some systems.
                file.close()
        for path in removed:
            (folder / path).unlink()
    except OSError as error:
        raise UserError(f"can't be written: {error.strerror}", where=error.filename or str(folder)) from error
    return Written(tuple(changed), tuple(removed), len(files) - len(changed))
