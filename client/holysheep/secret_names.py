"""Names of keys whose value is a secret; logstash/ruby/holysheep/secret_names.rb reads the same table."""

from __future__ import annotations

import json
import re
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Final

from holysheep.mask_values import likely

MASK: Final = "[SECRET_MASKED]"

_TABLE: Final = json.loads(Path(__file__).with_name("secret_names.json").read_text(encoding="utf-8"))
_ALWAYS: Final = re.compile(_TABLE["always"], re.IGNORECASE)
_LIKELY: Final = re.compile(_TABLE["likely"], re.IGNORECASE)
#: The smallest whole number that is a secret.
_LEAST: Final[int] = _TABLE["least"]


class _Kind(Enum):
    NONE = 0
    #: The value decides.
    LIKELY = 1
    ALWAYS = 2


@lru_cache(maxsize=4096)
def _kind(name: str) -> _Kind:
    if _ALWAYS.search(name):
        return _Kind.ALWAYS
    return _Kind.LIKELY if _LIKELY.search(name) else _Kind.NONE


def hides(name: str, value: object) -> bool:
    """Whether this value of a key is a secret: a text, or a whole number as long as a PIN."""
    kind = _kind(name)
    if kind is _Kind.NONE:
        return False
    if type(value) is str:
        return bool(value) if kind is _Kind.ALWAYS else likely(value)
    return type(value) is int and abs(value) >= _LEAST and kind is _Kind.ALWAYS
