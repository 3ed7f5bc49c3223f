"""The secret files of the compose stack: made once, with mode 0600.

A secret is never replaced as long as a volume depends on it. `python -m runner.runtimes.docker.secrets` makes the files
without starting anything, for people who use `docker compose` by hand.
"""

from __future__ import annotations

import os
import secrets
import sys
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.host.files import write_private
from runner.runtimes.docker import settings
from runner.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

#: File → random bytes. Kibana's keys need 32 characters or more. The values have letters and digits only, so they need
#: no quotes in JSON, YAML and curl's configuration.
NAMES: Final = {
    "elastic_password": 24,
    "writer_password": 24,
    "reader_password": 24,
    "alerter_password": 24,
    "sealer_password": 24,
    "rollup_password": 24,
    "webhook_password": 24,
    "kibana_security_key": 32,
    "kibana_objects_key": 32,
    "kibana_reporting_key": 32,
    "privacy_key": 32,
    "audit_key": 32,
    "seal_key": 32,
}
#: Secrets that a data volume depends on: without them it can't be opened, or Kibana's objects can't be read.
TIED: Final = ("elastic_password", "kibana_objects_key")

#: Key → what a new one changes. Nothing fails without the old one, so nobody would notice.
RENEWED: Final = {
    "privacy_key": "hashes are others than before, and with user_ids: hmac every user has a new pseudonym. If you have "
    "the old file, put it back now: docs/privacy.md",
    "audit_key": "audit documents of before can't be verified. If you have the old file, put it back: docs/seals.md",
    "seal_key": "seals of before can't be verified. If you have the old file, put it back: docs/seals.md",
}


def ensure(folder: Path, *, owner: int, data_exists: bool, names: Iterable[str] = NAMES) -> list[str]:
    """Make the missing files, and return their names. UserError when the existing data needs a secret that is lost."""
    names = list(names)
    for name in names:
        path = folder / name
        if path.exists() and (not path.is_file() or not path.stat().st_size):
            what = "is empty" if path.is_file() else "is no file; the engine makes a folder where a secret is missing"
            raise UserError(
                what, where=str(path), hint="put the old file back; or remove this, then `make up` makes a new secret"
            )
    missing = [name for name in names if not (folder / name).is_file()]
    if data_exists and (lost := [name for name in missing if name in TIED]):
        raise UserError(
            f"the data volume needs the {lost[0]} with which it was made, and that file is missing",
            where=str(folder),
            hint="put the old files back, see docs/compose.md (lost password), or remove the data with `make clean`",
        )
    for name in missing:
        path = folder / name
        write_private(path, secrets.token_hex(NAMES[name]))
        give(path, owner)
    if missing:
        give(folder, owner)
    return missing


def told(made: Sequence[str], folder: Path, *, data_exists: bool) -> list[str]:
    """What to say of new files: their number, and what a new key changes where documents of the old one exist."""
    lines = [f"Secrets: {counted(len(made), 'new file')} in {folder}"] if made else []
    if data_exists:
        lines += [f"  {name} was missing, and is new: {what}" for name, what in RENEWED.items() if name in made]
    return lines


def write(name: str, text: str) -> None:
    """Write a secret file that only the containers' user can read."""
    path = settings.secrets() / name
    write_private(path, text)
    give(path, settings.user())
    give(path.parent, settings.user())


def read(name: str) -> str:
    """A secret's text."""
    path = settings.secrets() / name
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path), hint="run `make up`") from error


def give(path: Path, owner: int) -> None:
    """Make the containers' user the owner of a file, when this runs as root."""
    # Only root may give files away. For another user the containers run as that user.
    if hasattr(os, "getuid") and os.getuid() == 0:
        os.chown(path, owner, -1)


def main() -> int:
    """Make the missing files, and print their names."""
    made = ensure(settings.secrets(), owner=settings.user(), data_exists=False)
    # The engine would make it as root's.
    settings.subjects().mkdir(mode=0o700, parents=True, exist_ok=True)
    give(settings.subjects(), settings.user())
    print(f"{settings.secrets()}: " + (f"made {', '.join(made)}" if made else "all files exist"))
    print(f"containers run as HOLYSHEEP_UID={settings.user()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
