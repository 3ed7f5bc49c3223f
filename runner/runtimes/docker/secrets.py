"""The secret files of the compose stack: made once, 0600, and never silently made anew beside an old volume.

`python -m runner.runtimes.docker.secrets` makes them without starting anything, for who uses `docker compose` by hand.
"""

from __future__ import annotations

import os
import secrets
import sys
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.host.files import write_private
from runner.runtimes.docker import settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: File → random bytes. Kibana wants keys of 32 characters at least. Letters and digits only: the values pass through
#: JSON, YAML and curl's configuration, and need no quoting in any of them.
NAMES: Final = {
    "elastic_password": 24,
    "writer_password": 24,
    "reader_password": 24,
    "webhook_password": 24,
    "kibana_security_key": 32,
    "kibana_objects_key": 32,
    "kibana_reporting_key": 32,
    "privacy_key": 32,
}
#: What a volume of data is tied to: without these it can't be opened, or what Kibana stored can't be read.
TIED: Final = ("elastic_password", "kibana_objects_key")


def ensure(folder: Path, *, owner: int, data_exists: bool, names: Iterable[str] = NAMES) -> list[str]:
    """Make the missing files and return their names. UserError when a new one would not fit the data that is there."""
    missing = [name for name in names if not (folder / name).is_file()]
    if data_exists and (lost := [name for name in missing if name in TIED]):
        raise UserError(
            f"the data volume was made with another {lost[0]} than the one that would be made now",
            where=str(folder),
            hint="put the old files back, see docs/compose.md (lost password), or start anew: `make clean`",
        )
    for name in missing:
        path = folder / name
        write_private(path, secrets.token_hex(NAMES[name]))
        give(path, owner)
    if missing:
        give(folder, owner)
    return missing


def write(name: str, text: str) -> None:
    """Write one file, for the containers' user alone."""
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
    """Make it the containers' user's, where we may."""
    # As root the containers' user is another than ours; nobody else may give files away.
    if hasattr(os, "getuid") and os.getuid() == 0:
        os.chown(path, owner, -1)


def main() -> int:
    """Make what is missing, say what was made."""
    made = ensure(settings.secrets(), owner=settings.user(), data_exists=False)
    print(f"{settings.secrets()}: " + (f"made {', '.join(made)}" if made else "all there"))
    print(f"containers run as HOLYSHEEP_UID={settings.user()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
