"""Passwords of this checkout: made once, kept 0600, and hashed as Elasticsearch's file realm wants them."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Final

from generator.paths import STATE
from runner.host.files import write_private

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = STATE / "secrets"
ADMIN: Final = "holysheep_admin"
WRITER: Final = "holysheep_writer"
READER: Final = "holysheep_reader"
#: User → role. The admin sets up; lines are written by the writer; people read as the reader.
USERS: Final = {ADMIN: "superuser", WRITER: WRITER, READER: READER}
KEYSTORE: Final = "keystore"
#: Many rounds guard guessable passwords; these have 192 random bits, and each request may pay for the rounds.
ROUNDS: Final = 10_000


def passwords(folder: Path = FOLDER) -> dict[str, str]:
    """User → password, made at the first call. The keystore's password is among them."""
    path = folder / "passwords.json"
    if path.is_file():
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return known
    made = {name: secrets.token_urlsafe(24) for name in (*USERS, KEYSTORE)}
    write_private(path, json.dumps(made, indent=2) + "\n")
    return made


def hashed(password: str) -> str:
    """The `{PBKDF2}` form of Elasticsearch's Hasher: HMAC-SHA512, 32 bytes of salt, 32 of hash."""
    salt = secrets.token_bytes(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS, dklen=32)
    return f"{{PBKDF2}}{ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"
