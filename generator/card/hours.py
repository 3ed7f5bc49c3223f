"""Hours of the day in the price card: how they are read, and the minutes of a week that they mean."""

from __future__ import annotations

import re
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator, WithJsonSchema

from generator.card.scalars import mistake
from generator.card.week import DAY, DAYS, WEEK
from generator.errors import show

_WINDOW: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?- ?(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
_HINT: Final = 'write hours in UTC such as "16:30-00:30"; a whole day is "00:00-24:00"'


class Window(NamedTuple):
    """Minutes of a day. An end that is not after the start is of the next day."""

    start: int
    end: int


def _window(value: object) -> Window:
    match = _WINDOW.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise mistake(f"{show(value)} is no window of hours", _HINT)
    start = int(match[1]) * 60 + int(match[2])
    end = DAY if match[3] is None else int(match[3]) * 60 + int(match[4])
    if start == end:
        raise mistake(f"{show(value)} ends where it starts", _HINT)
    return Window(start, end)


def _windows(value: object) -> tuple[Window, ...]:
    """One window or a list of them; ready ones, as a model's own default, stay as they are."""
    several = value if isinstance(value, list | tuple) else [value]
    if not several:
        raise mistake("there is no window of hours", _HINT)
    return tuple(_window(each) for each in several)


def _days(value: object) -> tuple[str, ...]:
    hint = f"write a list of {', '.join(DAYS)}"
    if not isinstance(value, list | tuple):
        raise mistake(f"{show(value)} is not a list of days", hint)
    for each in value:
        if each not in DAYS:
            raise mistake(f"{show(each)} is no day of the week", hint)
    if len(set(value)) != len(value):
        raise mistake("a day is here twice", "write each day once")
    return tuple(value)


_TEXT: Final = {"type": "string", "pattern": r"^\d\d:\d\d ?- ?\d\d:\d\d$"}
Windows = Annotated[
    tuple[Window, ...],
    BeforeValidator(_windows),
    WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}),
]
Days = Annotated[
    tuple[str, ...],
    BeforeValidator(_days),
    WithJsonSchema({"type": "array", "items": {"enum": list(DAYS)}, "uniqueItems": True}),
]


def weeks(windows: tuple[Window, ...], days: tuple[str, ...]) -> list[list[int]]:
    """The minutes of a week in which a window is open, as [first, last + 1], ascending; 0 is Monday 00:00 UTC."""
    found = []
    for day in days or DAYS:
        for window in windows:
            start = DAYS.index(day) * DAY + window.start
            end = start + (window.end - window.start) % DAY if window.end != DAY else start - window.start + DAY
            found += [[start, end]] if end <= WEEK else [[start, WEEK], [0, end - WEEK]]
    return sorted(found)
