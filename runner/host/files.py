"""Writes a file completely or not at all.

The new text goes to a temporary file in the same folder, which is then renamed. A reader sees the old text or the new
one, never a part.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

#: Rights of a file that every user of this machine may read, and of one that only its owner may read.
PUBLIC = 0o644
PRIVATE = 0o600


def write_whole(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace a file's text in one step. After a failure the old file is whole, and nothing is left beside it.

    `mode`: the rights of the new file; None keeps those of the old one, and is `PUBLIC` for a new file. A symbolic link
    stays one: the file that it points to is replaced. Raises OSError.
    """
    target = path.resolve()
    if mode is None:
        mode = target.stat().st_mode & 0o7777 if target.is_file() else PUBLIC
    target.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes the file readable by its owner alone; the wider rights come when the text is in it.
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        part.chmod(mode)
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def write_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read, in a folder that only its owner may enter. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    write_whole(path, text, mode=PRIVATE)
