"""A person or session whose documents are erased, and the keyed hashes by which they are found."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from generator.errors import UserError
from runner.compliance.subject_keys import user_hash

if TYPE_CHECKING:
    from pathlib import Path

    from runner.compliance.subject_keys import SubjectKey

__all__ = ["KEY_HINT", "Subject", "keys", "user_hash"]

KEY_HINT: Final = "name the file of the privacy key: HOLYSHEEP_PRIVACY_KEY_FILE (docs/privacy.md)"


@dataclass(frozen=True)
class Subject:
    """Whose documents are erased."""

    by: Literal["user", "session"]
    name: str
    #: Of the privacy key in use, and of those before it.
    keys: tuple[bytes, ...] = ()
    #: The user's own keys (`privacy.user_ids: hmac`).
    own: tuple[SubjectKey, ...] = ()

    @property
    def names(self) -> list[str]:
        """How documents have it: by name, by the privacy key's hash, and for users by pseudonym.

        The hash stands for a user with `privacy.user_ids: hmac`, and for any text that a rejected line does not keep.
        """
        hashes = [user_hash(key, self.name) for key in self.keys]
        return [self.name, *(key.pseudonym for key in self.own), *hashes]

    @property
    def register_hashes(self) -> list[str]:
        """How the register has it: HMAC-SHA256 (hex) of kind and name, apart from the hashes that documents hold.

        A user's own key comes first: when it is destroyed, nobody can tell whose request it was. The register names the
        request, and `changes` the documents that it erased, which a snapshot may still hold under the pseudonym.
        """
        text = f"erasure:{self.by}:{self.name}".encode()
        return [key.register_hash for key in self.own] + [
            hmac.new(key, text, "sha256").hexdigest() for key in self.keys
        ]


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
