"""The folder of users' keys (`privacy.user_ids: hmac`), which Logstash writes and `erase` on this machine changes."""

from __future__ import annotations

from generator.errors import UserError
from runner.lines.feed import user_ids
from runner.runtimes.docker import secrets, settings


def prepare() -> None:
    """Make the folder: one that the engine makes would be root's.

    UserError when Logstash needs the folder and can't write it: it would store no user then.
    """
    folder = settings.subjects()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid == 0:
        # New, or made by the engine. What somebody gave to another user stays.
        secrets.give(folder, settings.user())
    uid, owner = int(settings.value("HOLYSHEEP_UID", str(settings.user()))), folder.stat().st_uid
    if uid != owner and user_ids() == "hmac":
        raise UserError(
            f"Logstash runs as user {uid} and can't write the keys of users: the folder is user {owner}'s",
            where=str(folder),
            hint=f"sudo chown -R {uid} {folder}",
        )
