"""Where the embedded node of this checkout lives."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from generator.errors import UserError
from generator.paths import ROOT, STATE
from runner.host import machine
from runner.host.jdk import Choice, choose, find
from runner.runtimes.embedded import process, secret
from runner.runtimes.embedded.layout import Layout


def base() -> Path:
    """`.state/embedded`; when we are root in a checkout that others can't enter (below /root), a folder in /var/lib."""
    inside = STATE / "embedded"
    if machine.blocked_folder(ROOT, machine.runner()) is None:
        return inside
    return Path("/var/lib/holysheep-elk") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def chosen() -> Choice:
    """Java and Elasticsearch to use: what the user wishes, else what the data was written by, else the newest."""
    wanted = os.environ.get("HOLYSHEEP_ES_VERSION")
    if not wanted and (record := process.read(base() / "elasticsearch.json")):
        wanted = record.version
    kept = base() / "version"
    if not wanted and kept.is_file():
        # A newer Elasticsearch would take the data over, but nobody could ever go back.
        wanted = kept.read_text().strip()
        try:
            return choose(find(), wanted)
        except UserError as error:
            raise UserError(
                f"the data here was written by Elasticsearch {wanted}; {error.what}",
                where=error.where,
                hint=f"{error.hint}; or `make clean` and start anew",
            ) from None
    return choose(find(), wanted or None)


def layout(version: str) -> Layout:
    """The folders for a version. Only `start` writes to them."""
    here = base()
    return Layout(here, here, secret.FOLDER, version, machine.runner())


def current() -> Layout | None:
    """The folders of what was started, without asking for a Java; None when nothing was.

    A start that was broken off before it was written down counts too, as long as a process of it runs.
    """
    if record := process.read(base() / "elasticsearch.json"):
        return layout(record.version)
    return layout("") if base().is_dir() and process.working_in(base()) else None
