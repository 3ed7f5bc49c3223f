"""Names of keys whose value is a secret; logstash/ruby/holysheep/secret_names.rb reads the same table."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from holysheep.mask_values import likely

MASK: Final = "[SECRET_MASKED]"


class _Table(NamedTuple):
    always: re.Pattern[str]
    likely: re.Pattern[str]
    #: The smallest whole number that is a secret.
    least: int


@cache
def _table() -> _Table:
    table = json.loads(Path(__file__).with_name("secret_names.json").read_text(encoding="utf-8"))
    always, maybe = (re.compile(table[name], re.IGNORECASE) for name in ("always", "likely"))
    return _Table(always, maybe, table["least"])


@lru_cache(maxsize=4096)
def _kind(name: str) -> Literal["always", "likely"] | None:
    """`likely`: the value decides."""
    if _table().always.search(name):
        return "always"
    return "likely" if _table().likely.search(name) else None


def hides(name: str, value: object) -> bool:
    """Whether this value of a key is a secret: a text, or a whole number as long as a PIN."""
    kind = _kind(name)
    if kind is None:
        return False
    if type(value) is str:
        return bool(value) if kind == "always" else likely(value)
    return type(value) is int and kind == "always" and abs(value) >= _table().least
