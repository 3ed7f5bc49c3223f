"""The passwords of the embedded mode: made once, stored in a file with mode 0600, hashed for the file realm."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Final

from generator.files import read_json
from generator.paths import STATE
from runner.host.files import write_private

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = STATE / "secrets"
ADMIN: Final = "holysheep_admin"
WRITER: Final = "holysheep_writer"
READER: Final = "holysheep_reader"
#: User → role. The admin applies templates, the writer adds documents, people search as the reader.
USERS: Final = {ADMIN: "superuser", WRITER: WRITER, READER: READER}
KEYSTORE: Final = "keystore"
#: More rounds protect guessable passwords. These passwords have 192 random bits, and each request may pay the rounds.
ROUNDS: Final = 10_000
_LOST: Final = "put a copy of it there, or begin anew with `make clean` and `make up`, which deletes all data"


def passwords(folder: Path = FOLDER) -> dict[str, str]:
    """User → password, and the keystore's password. They are made at the first call."""
    path = folder / "passwords.json"
    if path.is_file():
        stored: dict[str, str] = read_json(path, _LOST)
        return stored
    made = {name: secrets.token_urlsafe(24) for name in (*USERS, KEYSTORE)}
    write_private(path, json.dumps(made, indent=2) + "\n")
    return made


def hashed(password: str) -> str:
    """The `{PBKDF2}` form of Elasticsearch's Hasher: HMAC-SHA512, 32 bytes of salt, 32 of hash."""
    salt = secrets.token_bytes(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS, dklen=32)
    return f"{{PBKDF2}}{ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"
