"""Leaves of a seal: `_id` and digest of each document, sorted by `_id`, and the files that hold them.

A leaf's content is the id's length (2 bytes, big-endian), the id in UTF-8, and the digest (32 bytes). A file is a first
line and the leaves, one after the other: 46 bytes a document of this bundle.
"""

from __future__ import annotations

import os
import struct
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, NamedTuple, Self

from generator.errors import UserError
from runner.compliance.seals.merkle import Tree
from runner.host.files import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

HEAD: Final = b"holysheep leaves 1\n"
DIGEST: Final = 32
_LENGTH: Final = struct.Struct(">H")


class Leaf(NamedTuple):
    """A document: `_id` as UTF-8, and the digest of its `_source`."""

    id: bytes
    digest: bytes

    @property
    def content(self) -> bytes:
        """What is hashed."""
        return _LENGTH.pack(len(self.id)) + self.id + self.digest


class Writer:
    """Writes sorted leaves into a file, as a context manager. The file is there after `keep`, else not at all."""

    def __init__(self, path: Path) -> None:
        """The file is readable by its owner alone. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.tree = Tree()
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._file = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb")
        self._file.write(HEAD)

    def __enter__(self) -> Self:
        """Return this writer."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove the file unless it was kept."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    def add(self, leaf: Leaf) -> None:
        """Add the next leaf."""
        content = leaf.content
        self._file.write(content)
        self.tree.add(content)

    def keep(self) -> None:
        """Put the file where it belongs, after its bytes are on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._part.replace(self._path)


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Leaf]]:
    """The leaves of a file. UserError when it can't be read, is no such file, or ends within a leaf."""
    try:
        with path.open("rb") as file:
            if file.read(len(HEAD)) != HEAD:
                raise UserError("this is no list of leaves", where=str(path))
            yield _read(file, path)
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path)) from error


def root(path: Path) -> tuple[int, bytes]:
    """Number of a file's leaves, and the root of their tree. UserError as `opened`."""
    tree = Tree()
    with opened(path) as leaves:
        for leaf in leaves:
            tree.add(leaf.content)
    return tree.size, tree.root()


def find(path: Path, id_: bytes) -> int | None:
    """The place of a document among a file's leaves; None when it is not there. UserError as `opened`."""
    with opened(path) as leaves:
        return next((place for place, leaf in enumerate(leaves) if leaf.id == id_), None)


def digest_at(path: Path, place: int) -> bytes:
    """The digest of the leaf at a place. UserError as `opened`."""
    with opened(path) as leaves:
        return next(leaf.digest for number, leaf in enumerate(leaves) if number == place)


def _read(file: IO[bytes], path: Path) -> Iterator[Leaf]:
    while head := file.read(_LENGTH.size):
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
        body = file.read(length + DIGEST)
        if len(body) != length + DIGEST:
            raise UserError("the list ends within a leaf: it was cut off", where=str(path))
        yield Leaf(body[:length], body[length:])
