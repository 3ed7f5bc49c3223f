"""The key by which the filter hashes texts that are not kept: a file of this checkout, made at the first use."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING, Final

from generator.paths import STATE

if TYPE_CHECKING:
    from pathlib import Path

#: The variable by which the filter finds the file (logstash/ruby/holysheep/keyed_hash.rb).
VARIABLE: Final = "HOLYSHEEP_PRIVACY_KEY_FILE"
PATH: Final = STATE / "secrets" / "privacy_key"
BYTES: Final = 32


def environment(path: Path = PATH) -> dict[str, str]:
    """The environment of the filter's process. A key that is set already wins; where none can be written there is none,
    and the filter tells lengths alone.
    """
    found = dict(os.environ)
    if not found.get(VARIABLE) and (path.is_file() or _made(path)):
        found[VARIABLE] = str(path)
    return found


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
