"""Files that hold an API key of Elasticsearch."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from generator.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

_FORMS: Final = "write id:api_key, or the form that Kibana calls Encoded"


def read(path: Path) -> str | None:
    """The key in a file as `id:api_key`; None when there is no file.

    The file may have the Base64 form too, which Kibana shows. Raises UserError when it has neither form.
    """
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError:
        raise UserError("is not text", where=str(path), hint=_FORMS) from None
    if ":" not in text:
        try:
            text = base64.b64decode(text, validate=True).decode("ascii")
        except ValueError:
            text = ""
    ident, colon, key = text.partition(":")
    if not (ident and colon and key) or len(text.split()) != 1:
        raise UserError("this is no API key", where=str(path), hint=_FORMS)
    return text


def pair(text: str) -> tuple[str, str]:
    """`id:api_key` as Elasticsearch's client takes it."""
    ident, _, key = text.partition(":")
    return ident, key
