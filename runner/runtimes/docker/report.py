"""What the report container needs before it starts."""

from __future__ import annotations

from typing import Final

from runner.host.files import write_private
from runner.runtimes.docker import engine, secrets, settings

OVERLAY: Final = "report"
PASSWORD: Final = "smtp_password"  # noqa: S105 - the name of a file


def prepare() -> None:
    """With the overlay: a mail password that the container's user can read; an empty one, unless somebody wrote one."""
    if OVERLAY not in engine.overlays():
        return
    path = settings.secrets() / PASSWORD
    if not path.is_file():
        write_private(path, "")
    secrets.give(path, settings.user())
