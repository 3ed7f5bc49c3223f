"""The folder and the versions of this checkout's embedded node."""

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
    """The node's folder: `.state/embedded` of this checkout.

    For root in a checkout that other users can't enter (such as below /root) it is a folder in /var/lib.
    """
    inside = STATE / "embedded"
    if machine.blocked_folder(ROOT, machine.runner()) is None:
        return inside
    return Path("/var/lib/holysheep-elk") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def chosen() -> Choice:
    """The Java and the Elasticsearch version to use.

    The version is HOLYSHEEP_ES_VERSION, else the version that wrote the data, else the newest that a Java can run.
    """
    wanted = os.environ.get("HOLYSHEEP_ES_VERSION")
    if not wanted and (record := process.read(base() / "elasticsearch.json")):
        wanted = record.version
    version_file = base() / "version"
    if not wanted and version_file.is_file():
        # A newer Elasticsearch would convert the data, and the older one could not read it any more.
        wanted = version_file.read_text().strip()
        try:
            return choose(find(), wanted)
        except UserError as error:
            raise UserError(
                f"the data here was written by Elasticsearch {wanted}; {error.what}",
                where=error.where,
                hint=f"{error.hint}; or remove the data with `make clean`",
            ) from None
    return choose(find(), wanted or None)


def layout(version: str) -> Layout:
    """The folders of a version. Only `start` writes to them."""
    here = base()
    return Layout(here, here, secret.FOLDER, version, machine.runner())


def current() -> Layout | None:
    """The folders of the node that was started; None when none was. No Java is needed.

    An interrupted start counts too, as long as a process of it runs.
    """
    if record := process.read(base() / "elasticsearch.json"):
        return layout(record.version)
    return layout("") if base().is_dir() and process.working_in(base()) else None
