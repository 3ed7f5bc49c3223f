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
        """A file at a time: no second copy on a disk that may be nearly full."""
        top = Path(folder)
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w|", bufsize=CHUNK) as archive:
            for path in (top, *sorted(top.rglob("*"))):
                archive.add(path, arcname=str(path.relative_to(top.parent)), recursive=False)
                yield held.getvalue()
                held.seek(0)
                held.truncate()
        yield held.getvalue()

    def unpack(self, folder: str, file: Path) -> None:
        """Readable by everybody, since Elasticsearch may run as another user than who unpacks."""
        base = Path(self.path)
        target = base / folder
        target.mkdir(parents=True, exist_ok=True)
        with tarfile.open(file) as archive:
            archive.extractall(target, filter="data")
        for path in (target.parent, target, *target.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def remove(self, folder: str) -> None:
        """Nothing is said when it is not there."""
        shutil.rmtree(Path(self.path) / folder, ignore_errors=True)
