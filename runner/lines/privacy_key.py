"""The key of the filter's keyed hashes, which replace texts that are not stored. The file is made at the first use."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING, Final

from generator.paths import STATE

if TYPE_CHECKING:
    from pathlib import Path

#: The environment variable with the file's path, which logstash/ruby/holysheep/keyed_hash.rb reads.
VARIABLE: Final = "HOLYSHEEP_PRIVACY_KEY_FILE"
PATH: Final = STATE / "secrets" / "privacy_key"
BYTES: Final = 32


def environment(path: Path = PATH) -> dict[str, str]:
    """The environment variables of the filter's process. A variable that is set already is kept.

    Where the key's file can't be written the variable is missing, and the filter stores lengths without hashes.
    """
    variables = dict(os.environ)
    if not variables.get(VARIABLE) and (path.is_file() or _made(path)):
        variables[VARIABLE] = str(path)
    return variables


def _made(path: Path) -> bool:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(BYTES) + "\n")
        # Of two that start at once the first one's key holds: a link, unlike a rename, replaces nothing.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(part)
        part.unlink()
    except OSError:
        return False
    return True
