"""The keys of the filter: of the hashes that replace texts that are not stored, and of the HMACs of audit documents.

The files are made at the first use, but for the keys of users: the filter makes that one.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

from generator.paths import STATE
from runner.host.files import create_private

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = STATE / "secrets"
#: Environment variable with a file's path → the file's name. logstash/ruby/holysheep/keyed_hash.rb and document_seal.rb
#: read the variables.
FILES: Final = {"HOLYSHEEP_PRIVACY_KEY_FILE": "privacy_key", "HOLYSHEEP_AUDIT_KEY_FILE": "audit_key"}
#: The same for the keys of users (`privacy.user_ids: hmac`), in a folder of their own: copies of the secrets should not
#: hold keys that an erasure destroys. logstash/ruby/holysheep/subject_keys.rb reads the variable.
SUBJECT_KEYS: Final = "HOLYSHEEP_SUBJECT_KEYS_FILE"
BYTES: Final = 32


def environment(folder: Path = FOLDER) -> dict[str, str]:
    """The environment variables of the filter's process. A variable that is set already is kept.

    Where a key's file can't be written the variable is missing: the filter then stores lengths without hashes, and
    audit documents without HMAC.
    """
    variables = dict(os.environ)
    for variable, name in FILES.items():
        path = folder / name
        if not variables.get(variable) and (path.is_file() or _created(path)):
            variables[variable] = str(path)
    if not variables.get(SUBJECT_KEYS):
        variables[SUBJECT_KEYS] = str(subject_keys(folder))
    return variables


def subject_keys(folder: Path) -> Path:
    """The file of the users' keys that belongs to a folder of secrets."""
    return folder.parent / "subjects" / "subject_keys"


def _created(path: Path) -> bool:
    try:
        # Two processes that start at once must use the same key.
        create_private(path, secrets.token_hex(BYTES) + "\n")
    except OSError:
        return False
    return True
