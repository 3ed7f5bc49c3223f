"""A line as JSON in UTF-8. Keys of lines repeat: those of each shape are written once, and only values then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

Line = dict[str, Any]
#: Shapes that are remembered.
_MEMO: Final = 1000
_INFINITY: Final = float("inf")
_templates: Final[dict[tuple[str, ...], str]] = {}
_quoted: Final = json.encoder.encode_basestring


def encode(line: Line) -> bytes:
    """The line with its line feed. Lone surrogates, which UTF-8 can't hold, become `?`, NaN and infinity null."""
    keys = tuple(line)
    template = _templates.get(keys) or _template(keys)
    # A list is made faster than a generator is read.
    values = [
        _quoted(value) if type(value) is str else value if type(value) is int else _value(value)
        for value in line.values()
    ]
    return (template % tuple(values)).encode("utf-8", "replace")


def _template(keys: tuple[str, ...]) -> str:
    """The line with `%s` for each value."""
    if len(_templates) >= _MEMO:
        _templates.clear()
    names = ",".join(f"{_quoted(key)}:".replace("%", "%%") + "%s" for key in keys)
    template = _templates[keys] = "{" + names + "}\n"
    return template


def _value(value: object) -> object:
    """What `%s` writes as JSON."""
    if type(value) is float and -_INFINITY < value < _INFINITY:
        return value
    try:
        return _json(value)
    except ValueError:
        # NaN and infinity, which JSON doesn't know.
        return _json(_finite(value))


def _encoder() -> Callable[[object], str]:
    """`JSONEncoder.encode` makes a C encoder for every object; this one is made once, where the interpreter has it."""
    plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    try:
        chunks = make(None, plain.default, _quoted, None, ":", ",", False, False, False)  # noqa: FBT003  # it takes no names
        "".join(chunks({}, 0))
    except TypeError:
        # There is none, or it wants something else.
        return plain.encode
    return lambda value: "".join(chunks(value, 0))


_json: Final = _encoder()


def _finite(value: object) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(value, float):
        return value if -_INFINITY < value < _INFINITY else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value
