"""Writes a backup to one file on another disk, and mounts such a file as a read-only repository."""

from __future__ import annotations

import hashlib
import os
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.backup import repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runner.backup.repository import Repository
    from runner.cluster.admin import Cluster

#: Copies that were brought back lie in folders of this name, each read-only to Elasticsearch.
COPIES: Final = "copies"


def copy_to(cluster: Cluster, source: Repository, target: Path, name: str, progress: Callable[[int], None]) -> Path:
    """The whole repository as `target`/NAME.tar, 0600, complete or not there. `progress`: bytes written so far.

    Raises UserError when the repository is not a folder of ours, when a snapshot runs, and when the disk is full.
    """
    store = cluster.store
    if not source.folder or store is None:
        raise UserError(f"{source.name} is not a folder", where="--copy-to", hint="copy it by its own means")
    if cluster.es.snapshot.status()["snapshots"]:
        raise UserError("a snapshot is being taken", where="--copy-to", hint="again when it is done")
    file = target / f"{name}.tar"
    if file.exists():
        raise UserError("it is there already", where=str(file), hint="take another folder or name")
    part = file.with_name(file.name + ".part")
    try:
        target.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            size = 0
            for chunk in store.pack(source.folder):
                out.write(chunk)
                size += len(chunk)
                progress(size)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except (OSError, UserError) as error:
        part.unlink(missing_ok=True)
        raise UserError(f"can't be written: {error}", where=str(file), hint="free disk? rights?") from error
    return file


@contextmanager
def brought_back(cluster: Cluster, file: Path) -> Iterator[str]:
    """A copy beside what is there, as a read-only repository of the name that is given back; gone at the end."""
    store = cluster.store
    if store is None:
        raise UserError("this cluster is not ours", where="--from", hint="set the repository up by its own means")
    try:
        with file.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()[:12]
        with tarfile.open(file) as archive:
            top = archive.getnames()[0].split("/")[0]
    except (OSError, tarfile.TarError, IndexError) as error:
        raise UserError("this is no copy that `backup --copy-to` made", where=str(file)) from error
    name = f"{repository.NAME}-copy-{digest}"
    folder = f"{COPIES}/{digest}"
    try:
        store.unpack(folder, file)
        repository.register(cluster.es, name, f"{store.path}/{folder}/{top}", read_only=True)
        yield name
    finally:
        if repository.find(cluster.es, name):
            cluster.es.snapshot.delete_repository(name=name)
        store.remove(folder)
