"""The key of the filter's keyed hashes, which replace texts that are not stored. The file is made at the first use."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

from generator.paths import STATE
from runner.host.files import create_private

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
    if not variables.get(VARIABLE) and (path.is_file() or _created(path)):
        variables[VARIABLE] = str(path)
    return variables


def _created(path: Path) -> bool:
    try:
        # Two processes that start at once must use the same key.
        create_private(path, secrets.token_hex(BYTES) + "\n")
    except OSError:
        return False
    return True
