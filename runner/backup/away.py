"""A backup as one file somewhere else, and such a file beside what is there: a copy on the same disk is none."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docker.errors import DockerException

from generator.errors import UserError
from runner.backup import repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runner.backup.repository import Repository
    from runner.cluster.admin import Cluster
    from runner.runtimes.choose import Mode

CHUNK: Final = 1 << 20
#: Copies that were brought back lie in folders of this name, each read-only to Elasticsearch.
COPIES: Final = "copies"


def copy_to(cluster: Cluster, source: Repository, target: Path, name: str, progress: Callable[[int], None]) -> Path:
    """The whole repository as `target`/NAME.tar, 0600, complete or not there. `progress`: bytes written so far.

    Raises UserError when the repository is not a folder of ours, when a snapshot runs, and when the disk is full.
    """
    if not source.folder:
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
            for chunk in _archive(cluster.mode, source.folder):
                out.write(chunk)
                size += len(chunk)
                progress(size)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except (OSError, DockerException) as error:
        part.unlink(missing_ok=True)
        raise UserError(f"can't be written: {error}", where=str(file), hint="free disk? rights?") from error
    return file


@contextmanager
def brought_back(cluster: Cluster, file: Path) -> Iterator[str]:
    """A copy beside what is there, as a read-only repository of the name that is given back; gone at the end."""
    if cluster.backup is None:
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
        _unpack(cluster.mode, cluster.backup, folder, file)
        repository.register(cluster.es, name, f"{cluster.backup}/{folder}/{top}", read_only=True)
        yield name
    finally:
        if repository.find(cluster.es, name):
            cluster.es.snapshot.delete_repository(name=name)
        _remove(cluster.mode, f"{cluster.backup}/{folder}")


def _archive(mode: Mode, folder: str) -> Iterable[bytes]:
    if mode == "docker":
        from runner.runtimes.docker import engine  # noqa: PLC0415  # the embedded mode needs no Docker

        chunks, _ = engine.container("elasticsearch").get_archive(folder, chunk_size=CHUNK)
        return chunks
    return _packed(Path(folder))


def _packed(folder: Path) -> Iterator[bytes]:
    """A tar of a folder, a file at a time: no second copy on the disk that may be nearly full."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w|", bufsize=CHUNK) as archive:
        for path in (folder, *sorted(folder.rglob("*"))):
            archive.add(path, arcname=str(path.relative_to(folder.parent)), recursive=False)
            yield held.getvalue()
            held.seek(0)
            held.truncate()
    yield held.getvalue()


def _unpack(mode: Mode, base: str, folder: str, file: Path) -> None:
    if mode == "docker":
        from runner.runtimes.docker import engine, settings  # noqa: PLC0415  # as above

        where = engine.container("elasticsearch")
        where.put_archive(base, _folders(folder, int(settings.value("HOLYSHEEP_UID", str(settings.user())))))
        with file.open("rb") as data:
            where.put_archive(f"{base}/{folder}", data)
        return
    target = Path(base) / folder
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file) as archive:
        archive.extractall(target, filter="data")
    for path in (Path(base) / COPIES, target, *target.rglob("*")):
        # Elasticsearch may run as another user than who unpacks.
        path.chmod(0o755 if path.is_dir() else 0o644)


def _folders(folder: str, uid: int) -> bytes:
    """A tar of empty folders, one in the other."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for path in reversed((Path(folder), *Path(folder).parents[:-1])):
            entry = tarfile.TarInfo(str(path))
            entry.type, entry.mode, entry.uid = tarfile.DIRTYPE, 0o770, uid
            archive.addfile(entry)
    return held.getvalue()


def _remove(mode: Mode, folder: str) -> None:
    if mode == "docker":
        from runner.runtimes.docker import engine  # noqa: PLC0415  # as above

        engine.execute(str(engine.container("elasticsearch").name), ["rm", "-rf", folder])
        return
    shutil.rmtree(folder, ignore_errors=True)
