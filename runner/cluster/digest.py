"""The digest of a document, by which a change of it is told: SHA-256 of its `_source` in one canonical form."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical(value: Mapping[str, Any]) -> bytes:
    """A JSON object in the canonical form: sorted keys, no blanks, UTF-8. ValueError when it holds NaN or infinity."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    # JSON may hold half of a surrogate pair, which UTF-8 proper can't.
    return text.encode("utf-8", "surrogatepass")


def digest(source: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a `_source`: JSON with sorted keys and without blanks, in UTF-8.

    The order of keys and the spelling of numbers (`0.51E1`, `5.1`) make no difference.
    """
    return hashlib.sha256(canonical(source)).hexdigest()
