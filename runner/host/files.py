"""Writes files completely or not at all, and files that only their owner may read. Built on `generator.files`."""

from __future__ import annotations

import secrets
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from generator.files import PUBLIC, replacing, write_whole

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PRIVATE", "PUBLIC", "create_private", "remove_tree", "replacing", "write_private", "write_whole"]

#: Mode of a file that only its owner may read.
PRIVATE: Final = 0o600


def write_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read, in a folder that only its owner may enter. Raises OSError."""
    _private_folder(path.parent)
    write_whole(path, text, mode=PRIVATE)


def create_private(path: Path, text: str) -> None:
    """Write a private file unless it exists. When two processes do it at once, the first one's text stays.

    Raises OSError.
    """
    _private_folder(path.parent)
    complete = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_whole(complete, text, mode=PRIVATE)
    try:
        # Unlike a rename, a hard link never replaces a file.
        with suppress(FileExistsError):
            path.hardlink_to(complete)
    finally:
        complete.unlink()


def _private_folder(folder: Path) -> None:
    """Make the folder, for its owner alone. One that exists stays as it is: it may be /tmp, which all need."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it. Raises OSError with the folder's whole path, whichever file failed."""
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from None
