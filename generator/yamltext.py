"""Reads YAML as data with line numbers: no floats, no aliases, no tags, nothing read twice.

PyYAML's events are built into plain data here, instead of by its constructors, because a constructor
turns 0.42 into a float, takes the last of two equal keys, expands aliases (the "billion laughs") and
forgets the lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

import yaml

from generator.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

#: An event of the C loader or of the pure one, which have no common type.
Event = Any
#: A key or a place in a list, from the top of the document.
Step = str | int
Place = tuple[Step, ...]
#: None, bool, text (numbers too: the scalar as written), list or dict.
Data = Any

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 12
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: libyaml reads 2,000 models in a tenth of a second, the pure loader in seconds; both give the same events.
_Loader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Span:
    """The place of a value in the file. Lines count from 1, columns from 0."""

    line: int  #: of the key, of the dash, or of the value itself
    column: int  #: of the value
    last_line: int  #: the value's last line, comments after it left out
    flow: bool  #: written as {…} or […]


@dataclass(slots=True)
class Document:
    """A YAML document as data, with the place of each part in the file."""

    name: str
    text: str
    data: Data = None
    spans: dict[Place, Span] = field(default_factory=dict)

    def where(self, place: Place) -> str:
        """`file:line` of a place. For a missing key, the line of the nearest part around it."""
        while place and place not in self.spans:
            place = place[:-1]
        span = self.spans.get(place)
        return f"{self.name}:{span.line if span else 1}"


def read(path: Path, name: str | None = None) -> Document:
    """The document in a file. UserError when the file can't be read or is not valid YAML.

    `name` is what errors call the file; by default its own name, without the folder.
    """
    name = name or path.name
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        hint = "run the command in the bundle's folder, or set HOLYSHEEP_HOME to it"
        raise UserError(
            f"can't be read: {error.strerror}",
            where=str(path),
            hint=hint if isinstance(error, FileNotFoundError) else None,
        ) from None
    if len(raw) > MAX_BYTES:
        raise UserError(f"is larger than {MAX_BYTES >> 20} MiB", where=f"{name}:1", hint="split off what is not prices")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"byte 0x{raw[error.start]:02x} is not UTF-8", where=f"{name}:{line}", hint="save the file as UTF-8"
        ) from None
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """The document in a text. `name` is what errors call it."""
    document = Document(name, text)
    if control := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise UserError(
            f"holds the control character U+{ord(control.group()):04X}", where=f"{name}:{line}", hint="remove it"
        )
    loader = _Loader(text)
    try:
        _Builder(loader, document).build()
    except yaml.MarkedYAMLError as error:
        problem = error.problem or error.context or "it can't be parsed"
        mark = error.problem_mark or error.context_mark
        if "end of stream" in problem and error.context_mark:
            # A bracket or quote was never closed: name the line where it was opened.
            mark = error.context_mark
        tab = mark is not None and text[mark.index : mark.index + 1] == "\t"
        hint = "indent with spaces, not tabs" if tab else "put text with : # { [ or quotes in it between '…'"
        raise UserError(
            f"is not valid YAML: {problem}", where=f"{name}:{mark.line + 1 if mark else 1}", hint=hint
        ) from None
    except yaml.YAMLError as error:
        raise UserError(f"is not valid YAML: {error}", where=f"{name}:1") from None
    finally:
        loader.dispose()
    return document


class _Builder:
    """Turns events into data; one instance a document."""

    def __init__(self, loader: Event, document: Document) -> None:
        self._loader = loader
        self._document = document

    def build(self) -> None:
        self._next()  # stream start
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            self._fail(event, "is empty", "write the price card, or take the one of the release")
        self._document.data, _ = self._value(self._next(), (), None)
        self._next()  # document end
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            self._fail(event, "a second YAML document starts here", "keep one document: remove the ---")

    def _next(self) -> Event:
        event: Event = self._loader.get_event()
        if isinstance(event, yaml.AliasEvent):
            self._fail(
                event, f"the YAML alias *{event.anchor} is not read", "write the value out, or put the text in quotes"
            )
        if getattr(event, "anchor", None):
            self._fail(event, f"the YAML anchor &{event.anchor} is not read", "remove it, or put the text in quotes")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self._fail(event, f"the YAML tag {tag} is not read", "remove it, or put the text in quotes")
        return event

    def _fail(self, event: Event, what: str, hint: str) -> NoReturn:
        raise UserError(what, where=f"{self._document.name}:{event.start_mark.line + 1}", hint=hint)

    def _value(self, event: Event, place: Place, line: int | None) -> tuple[Data, int]:
        """The value that starts with `event`, and its last line. `line` is its key's line, when it has one."""
        mark = event.start_mark
        if len(place) > MAX_DEPTH:
            self._fail(event, f"is nested deeper than {MAX_DEPTH}", "a price card needs no such depth")
        value: Data
        if isinstance(event, yaml.MappingStartEvent):
            value, last = self._mapping(event, place)
        elif isinstance(event, yaml.SequenceStartEvent):
            value, last = self._sequence(event, place)
        else:
            value = _scalar(event)
            last = _last_line(event)
        flow = bool(getattr(event, "flow_style", False))
        self._document.spans[place] = Span(mark.line + 1 if line is None else line, mark.column, last, flow)
        return value, last

    def _mapping(self, start: Event, place: Place) -> tuple[Data, int]:
        value: dict[str, Data] = {}
        last = start.start_mark.line + 1
        while True:
            event = self._next()
            if isinstance(event, yaml.MappingEndEvent):
                return value, _last_line(event) if start.flow_style else last
            if isinstance(event, yaml.CollectionStartEvent):
                self._fail(event, "a list or a mapping is used as a key", "write a plain word before the colon")
            key = str(event.value)
            line = event.start_mark.line + 1
            if key in value:
                first = self._document.spans[(*place, key)].line
                self._fail(event, f"the key {key!r} is here twice (first on line {first})", "keep one of them")
            value[key], last = self._value(self._next(), (*place, key), line)

    def _sequence(self, start: Event, place: Place) -> tuple[Data, int]:
        value: list[Data] = []
        last = start.start_mark.line + 1
        while True:
            event = self._next()
            if isinstance(event, yaml.SequenceEndEvent):
                return value, _last_line(event) if start.flow_style else last
            item, last = self._value(event, (*place, len(value)), None)
            value.append(item)


def _last_line(event: Event) -> int:
    line: int = event.end_mark.line + 1
    return line


def _scalar(event: Event) -> Data:
    """A scalar as null, boolean or text, as in YAML 1.2. Numbers stay text; so do `no` and `on`."""
    text = str(event.value)
    if event.style is not None and event.style != "":
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    return text
