"""Writes a backup to one file on another disk, and mounts such a file as a read-only repository."""

from __future__ import annotations

import hashlib
import os
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.backup import NAME, repository
from runner.host.files import PRIVATE, replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runner.backup.repository import Repository
    from runner.cluster.admin import Cluster

#: The folder of mounted copies; each copy is a read-only repository.
COPIES: Final = "copies"


def copy_to(cluster: Cluster, source: Repository, target: Path, name: str, progress: Callable[[int], None]) -> Path:
    """Write the whole repository to `target`/NAME.tar with mode 0600, completely or not at all.

    `progress` gets the number of bytes written so far. Raises UserError when the repository is not in the bundle's
    folder, when a snapshot is running, and when the file can't be written.
    """
    store = cluster.store
    if not source.folder or store is None:
        what = f"the repository {source.name} is not a folder of this bundle"
        raise UserError(what, where="--copy-to", hint="copy it with the tools of its storage")
    if cluster.es.snapshot.status()["snapshots"]:
        raise UserError("a snapshot is running", where="--copy-to", hint="try again when it has ended")
    file = target / f"{name}.tar"
    if file.exists():
        raise UserError("this file exists already", where=str(file), hint="choose another folder or name")
    try:
        with replacing(file, mode=PRIVATE) as out:
            size = 0
            for chunk in store.pack(source.folder):
                out.write(chunk)
                size += len(chunk)
                progress(size)
            out.flush()
            os.fsync(out.fileno())
    except (OSError, UserError) as error:
        raise UserError(
            f"can't be written: {error}", where=str(file), hint="check the free disk and the folder's rights"
        ) from error
    return file


@contextmanager
def mounted(cluster: Cluster, file: Path) -> Iterator[str]:
    """Mount a copy as a read-only repository for the time of the context. Gives the repository's name."""
    store = cluster.store
    if store is None:
        what = "a copy can't be mounted on an existing cluster"
        raise UserError(what, where="--from", hint="register the repository in Kibana")
    try:
        with file.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()[:12]
        with tarfile.open(file) as archive:
            top = archive.getnames()[0].split("/")[0]
    except (OSError, tarfile.TarError, IndexError) as error:
        raise UserError("this file was not made by `backup --copy-to`", where=str(file)) from error
    name = f"{NAME}-copy-{digest}"
    folder = f"{COPIES}/{digest}"
    try:
        store.unpack(folder, file)
        repository.register(cluster.es, name, f"{store.path}/{folder}/{top}", read_only=True)
        yield name
    finally:
        if repository.find(cluster.es, name):
            cluster.es.snapshot.delete_repository(name=name)
        store.remove(folder)
