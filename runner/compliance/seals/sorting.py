"""Sorts pairs of bytes in bounded memory: runs on disk, which are merged."""

from __future__ import annotations

import heapq
import struct
import tempfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Pair = tuple[bytes, bytes]
#: Pairs in memory: about 40 MB of ids and digests.
RUN: Final = 200_000
_LENGTHS: Final = struct.Struct(">HI")
_BUFFER: Final = 256 * 1024


@contextmanager
def ordered(pairs: Iterable[Pair], run: int = RUN) -> Iterator[Iterator[Pair]]:
    """The pairs in ascending order, for the time of the context. Pairs that fit into one run need no disk."""
    files: list[IO[bytes]] = []
    held: list[Pair] = []
    try:
        for pair in pairs:
            held.append(pair)
            if len(held) >= run:
                files.append(_spilled(held))
                held = []
        held.sort()
        yield heapq.merge(*(_read(file) for file in files), held) if files else iter(held)
    finally:
        for file in files:
            file.close()


def _spilled(pairs: list[Pair]) -> IO[bytes]:
    # Without a name: nothing is left behind, however the process ends.
    file = tempfile.TemporaryFile(buffering=_BUFFER)  # noqa: SIM115 - `ordered` closes it
    for key, value in sorted(pairs):
        file.write(_LENGTHS.pack(len(key), len(value)) + key + value)
    file.seek(0)
    return file


def _read(file: IO[bytes]) -> Iterator[Pair]:
    while head := file.read(_LENGTHS.size):
        key, value = _LENGTHS.unpack(head)
        yield file.read(key), file.read(value)
