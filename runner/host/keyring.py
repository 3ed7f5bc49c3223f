"""Keys in a file, one a line. The last one is in force; the ones before it still verify what was made with them."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.host.files import create_private

if TYPE_CHECKING:
    from pathlib import Path

BYTES: Final = 32
#: Hex digits of a key's id.
ID_DIGITS: Final = 16
#: logstash/ruby/holysheep/document_seal.rb makes the ids in the same way.
_ID_OF: Final = b"holysheep key id"


@dataclass(frozen=True)
class Keyring:
    """The keys of one purpose, by id. `current` signs; empty for a keyring without keys."""

    keys: dict[str, bytes]
    current: str

    def sign(self, message: bytes) -> str:
        """HMAC-SHA256 (hex) with the key in force. KeyError without a key."""
        return _hmac(self.keys[self.current], message)

    def verify(self, key_id: str, message: bytes, signature: str) -> bool | None:
        """Whether the signature is that of the key; None when this keyring has no such key."""
        key = self.keys.get(key_id)
        return None if key is None else hmac.compare_digest(_hmac(key, message), signature)


NO_KEYS: Final = Keyring({}, "")


def read(path: Path) -> Keyring:
    """The keys of a file; none when there is no such file. UserError when it can't be read."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return NO_KEYS
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path), hint="run this as its owner") from None
    keys = [line.strip() for line in lines if line.strip()]
    by_id = {_hmac(key, _ID_OF)[:ID_DIGITS]: key for key in keys}
    return Keyring(by_id, _hmac(keys[-1], _ID_OF)[:ID_DIGITS] if keys else "")


def made(path: Path) -> Keyring:
    """The keys of a file, which is made with a new key when it is missing. UserError when it can't be written."""
    if not path.is_file():
        try:
            # Two processes that start at once must use the same key.
            create_private(path, secrets.token_hex(BYTES) + "\n")
        except OSError as error:
            raise UserError(f"the key can't be written: {error.strerror}", where=str(path)) from None
    return read(path)


def path_of(variable: str, default: Path) -> Path:
    """The file that an environment variable names, else the default."""
    named = os.environ.get(variable)
    return type(default)(named) if named else default


def _hmac(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, hashlib.sha256).hexdigest()
