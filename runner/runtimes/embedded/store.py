"""The folder of snapshots on this machine."""

from __future__ import annotations

import io
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class FolderStore:
    """A folder that Elasticsearch and this command see under the same path."""

    path: str

    def pack(self, folder: str) -> Iterator[bytes]:
        """Give the tar in chunks, one file at a time: a second copy might not fit on the disk."""
        top = Path(folder)
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w|", bufsize=CHUNK) as archive:
            for path in (top, *sorted(top.rglob("*"))):
                archive.add(path, arcname=str(path.relative_to(top.parent)), recursive=False)
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue()

    def unpack(self, folder: str, file: Path) -> None:
        """Unpack, readable by everybody: Elasticsearch may run as another user."""
        base = Path(self.path)
        target = base / folder
        target.mkdir(parents=True, exist_ok=True)
        with tarfile.open(file) as archive:
            archive.extractall(target, filter="data")
        for path in (target.parent, target, *target.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def remove(self, folder: str) -> None:
        """Remove a folder; a missing one is no error."""
        shutil.rmtree(Path(self.path) / folder, ignore_errors=True)
