"""The volume of snapshots, reached through Elasticsearch's container."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docker.errors import DockerException

from generator.errors import UserError
from runner.runtimes.docker import engine, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class VolumeStore:
    """`path`: the volume's folder in the container."""

    path: str

    def pack(self, folder: str) -> Iterator[bytes]:
        """Give the tar that the engine sends. UserError when the engine can't."""
        try:
            chunks, _ = engine.container("elasticsearch").get_archive(folder, chunk_size=CHUNK)
            yield from chunks
        except DockerException as error:
            raise UserError(f"the engine can't give {folder}: {error}", where="docker") from error

    def unpack(self, folder: str, file: Path) -> None:
        """Make the folders first, owned by the containers' user, then unpack the content."""
        container = engine.container("elasticsearch")
        owner = int(settings.value("HOLYSHEEP_UID", str(settings.user())))
        container.put_archive(self.path, _folders(folder, owner))
        with file.open("rb") as data:
            container.put_archive(f"{self.path}/{folder}", data)

    def remove(self, folder: str) -> None:
        """Remove the folder with the container's `rm`."""
        engine.execute(str(engine.container("elasticsearch").name), ["rm", "-rf", f"{self.path}/{folder}"])


def _folders(folder: str, owner: int) -> bytes:
    """A tar file of empty nested folders."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in reversed((Path(folder), *Path(folder).parents[:-1])):
            entry = tarfile.TarInfo(str(path))
            entry.type, entry.mode, entry.uid = tarfile.DIRTYPE, 0o770, owner
            archive.addfile(entry)
    return buffer.getvalue()
