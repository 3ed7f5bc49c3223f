"""Writes a file completely or not at all, and reads files with errors for people.

The new content goes to a temporary file in the same folder, which is then renamed. A reader sees the old content or the
new content, never a part. This is the only implementation of writing: `runner.host.files` builds on it.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Mode of a file that every user of this machine may read. Containers run as other users.
PUBLIC: Final = 0o644


@contextmanager
def replacing(path: Path, *, mode: int | None = None, owner: tuple[int, int] | None = None) -> Iterator[IO[bytes]]:
    """Give an empty temporary file, which replaces `path` when the context ends without an error.

    After an error the old file is unchanged, and the temporary file is removed. `mode`: of the new file; None keeps the
    mode of the old file, and is `PUBLIC` for a new one. `owner`: user id and group id; None is the current user. When
    `path` is a symbolic link, the file that it points to is replaced. Raises OSError.
    """
    target = path.resolve()
    if mode is None:
        mode = target.stat().st_mode & 0o7777 if target.is_file() else PUBLIC
    target.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes a file that only its owner may read. It gets the final mode when its content is complete.
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        temporary.chmod(mode)
        if owner is not None:
            os.chown(temporary, *owner)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def write_whole(path: Path, text: str, *, mode: int | None = None, owner: tuple[int, int] | None = None) -> None:
    """Replace the text of a file in one step. The parameters are those of `replacing`. Raises OSError."""
    data = text.encode()
    with replacing(path, mode=mode, owner=owner) as file:
        file.write(data)


def read_text(path: Path, hint: str) -> str:
    """The text of a file. UserError with the hint when it is missing, can't be read, or is no text in UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError("this file is missing", where=str(path), hint=hint) from None
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path), hint=hint) from None
    except UnicodeDecodeError:
        raise UserError("is not text", where=str(path), hint=hint) from None


def read_json(path: Path, hint: str) -> Any:  # noqa: ANN401  # JSON of any shape
    """The data in a JSON file. UserError as `read_text`, and with the line for a file that was cut off."""
    try:
        return json.loads(read_text(path, hint))
    except json.JSONDecodeError as error:
        what = f"is no whole JSON: {error.msg[0].lower()}{error.msg[1:]}"
        raise UserError(what, where=f"{path}:{error.lineno}", hint=hint) from None
