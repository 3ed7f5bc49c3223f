"""A person or session whose documents are erased, and the keyed hashes by which they are found."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from generator.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

#: As in logstash/ruby/holysheep/keyed_hash.rb and client/holysheep/privacy.py.
DIGITS: Final = 16
KEY_HINT: Final = "name the file of the privacy key: HOLYSHEEP_PRIVACY_KEY_FILE (docs/privacy.md)"


@dataclass(frozen=True)
class Subject:
    """Whose documents are erased."""

    by: Literal["user", "session"]
    name: str
    #: Of the privacy key in use, and of those before it.
    keys: tuple[bytes, ...] = ()

    @property
    def names(self) -> list[str]:
        """How documents have it: by name, and for users by hash (`privacy.user_ids: hmac`)."""
        return [self.name, *(user_hash(key, self.name) for key in self.keys if self.by == "user")]

    @property
    def register_hashes(self) -> list[str]:
        """How the register has it: HMAC-SHA256 (hex) of kind and name, apart from the hashes that documents hold."""
        text = f"erasure:{self.by}:{self.name}".encode()
        return [hmac.new(key, text, "sha256").hexdigest() for key in self.keys]


def user_hash(key: bytes, name: str) -> str:
    """A user as the filter and the client write it: the first 16 hex digits of HMAC-SHA256."""
    return hmac.new(key, name.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:DIGITS]


def keys(path: Path | None) -> tuple[bytes, ...]:
    """The key of a file, then those of files beside it that are named so with an ending: `privacy_key.2026-10`.

    UserError when there is no key.
    """
    files = [path, *sorted(path.parent.glob(f"{path.name}.*"), reverse=True)] if path else []
    try:
        found = [file.read_bytes().strip() for file in files]
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(error.filename), hint=KEY_HINT) from None
    if not found or not found[0]:
        raise UserError("there is no privacy key", where=str(path) if path else None, hint=KEY_HINT)
    return tuple(key for key in found if key)
