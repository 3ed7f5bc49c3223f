"""What of a call may be written down: masks as in the pipeline, user ids as HMAC, prompts only where asked for."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from holysheep import mask, secret_names

if TYPE_CHECKING:
    from holysheep.settings import Settings

#: As in logstash/ruby/holysheep/keyed_hash.rb: 64 bits tell users apart among billions.
DIGITS: Final = 16
MAX_TEXT: Final = 32_768
MAX_DEPTH: Final = 5
#: Texts longer than this are masked, but not remembered.
SHORT: Final = 128

#: No mask knows a number of fewer digits than twelve, and none of more than twenty.
LONG: Final = 10**11
LONGEST: Final = 10**20

_masked = lru_cache(maxsize=4096)(mask.text)


def text(value: str, limit: int = MAX_TEXT) -> str:
    """The text without personal data and secrets, at most `limit` letters of it."""
    # Cut first with some room: a mask must see a whole secret, but nobody waits for megabytes.
    masked = _masked(value) if len(value) <= SHORT else mask.text(value[: limit + 1024])
    return masked[:limit]


def said(error: object) -> str:
    """What an error says. pydantic's quotes the model's answer that it refuses: of that only what is wrong, where."""
    listed = getattr(error, "errors", None)
    if not (callable(listed) and type(error).__module__.startswith("pydantic")):
        return str(error)
    try:
        mistakes = [(".".join(map(str, one["loc"])), one["msg"]) for one in listed(include_input=False)]
    except TypeError:
        # An older pydantic.
        return ""
    each = "; ".join(f"{place}: {what}" if place else what for place, what in mistakes)
    return f"{getattr(error, 'title', '')}: {each}"


def values(value: object, depth: int = 0) -> Any:  # noqa: ANN401  # any JSON value
    """A JSON value whose texts are masked; what JSON can't hold becomes text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value if value is None or isinstance(value, bool) else _number(value)
    if isinstance(value, str):
        return text(value)
    if depth >= MAX_DEPTH:
        return text(str(value), 256)
    if isinstance(value, dict):
        return {str(key): _item(str(key), item, depth) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [values(item, depth + 1) for item in value]
    return text(str(value))


def _item(name: str, value: object, depth: int) -> Any:  # noqa: ANN401  # any JSON value
    """The value of an object's key."""
    if secret_names.hides(name, value):
        return secret_names.MASK
    if type(value) is str:
        # Nearly all metadata is short texts.
        return _masked(value) if len(value) <= SHORT else text(value)
    return values(value, depth + 1)


def _number(value: float) -> float | str:
    """The number, or its mask: a number can be a card's or a person's, too."""
    if not LONG <= abs(value) <= LONGEST or value != int(value):
        return value
    digits = str(int(value))
    masked = _masked(digits)
    return value if masked == digits else masked


class Users:
    """User ids as they are written: HMAC-SHA256 where there is a key, else masked."""

    def __init__(self, settings: Settings) -> None:
        """Raises OSError where the key's file can't be read: better no line than an id in the clear."""
        key = settings.user_key.encode() if settings.user_key else b""
        if settings.user_key_file is not None:
            key = settings.user_key_file.read_bytes().strip()
        self._key = key
        self._of = lru_cache(maxsize=65_536)(self._hash)

    def of(self, user: object) -> str:
        """The same text for the same user and key."""
        return self._of(str(user)) if self._key else text(str(user), 256)

    def _hash(self, user: str) -> str:
        return hmac.new(self._key, user.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:DIGITS]
