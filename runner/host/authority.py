"""A certificate authority's file, checked before a connection is tried with it."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from generator.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def check(path: Path) -> None:
    """UserError when there is no such file, or when it holds no certificate in PEM form."""
    hint = "--ca takes a PEM file"
    if not path.is_file():
        raise UserError("there is no such file", where=str(path), hint=hint)
    try:
        ssl.create_default_context(cafile=str(path))
    except ssl.SSLError:
        raise UserError("holds no certificate", where=str(path), hint=hint) from None
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path), hint=hint) from None
