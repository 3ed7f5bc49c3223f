"""Opens log files, also compressed ones. gzip, bzip2 and zstd are detected by the first bytes, not by the name."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, cast

import zstandard

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: First bytes → compression.
MAGIC: Final = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstd"}
#: Endings of compressed files; `app.log.gz` is the log `app.log`.
ENDINGS: Final = frozenset({".gz", ".bz2", ".zst", ".zstd"})


def compression(path: Path) -> str:
    """How a file is compressed; empty for plain text. OSError when it can't be read."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), "")


@contextmanager
def opened(path: Path, offset: int = 0) -> Iterator[IO[bytes]]:
    """Open a log file for reading from `offset` on, counted in bytes of the decompressed text.

    Raises UserError for a file that can't be read, or whose compressed content is damaged or incomplete.
    """
    try:
        kind = compression(path)
        with path.open("rb") as raw:
            file = _decompressed(raw, kind)
            if kind:
                file.read(offset)
            else:
                file.seek(offset)
            yield file
    except (EOFError, zlib.error, zstandard.ZstdError) as error:
        what = f"its {kind} content is damaged or incomplete: {error}"
        raise UserError(what, where=str(path), hint="the lines before that place were read") from error
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror or error}", where=str(path)) from error


def _decompressed(raw: IO[bytes], kind: str) -> IO[bytes]:
    if kind == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if kind == "bzip2":
        return cast("IO[bytes]", bz2.BZ2File(raw))
    if kind == "zstd":
        reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        return cast("IO[bytes]", io.BufferedReader(cast("io.RawIOBase", reader)))
    return raw
