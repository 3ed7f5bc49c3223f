"""Records of CSV and JSON files with their line numbers, read piece by piece."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from decimal import Decimal
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final

from generator.errors import UserError, show
from runner.answers.reconcile.values import LineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json = dict[str, Any]
#: A line number, and the record that begins there or what is wrong with it.
Record = tuple[int, Json | LineError]
_CHUNK: Final = 1 << 20
#: The longest single record.
_LONGEST: Final = 1 << 28
_DELIMITERS: Final = ",;\t|"


def from_csv(file: IO[bytes], where: str) -> Iterator[Record]:
    """The rows under the head line of a CSV file, whose delimiter is that of the head."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    csv.field_size_limit(min(sys.maxsize, _LONGEST))
    head = text.readline()
    delimiter = max(_DELIMITERS, key=head.count)
    names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
    if not any(names):
        raise UserError("it has no line of heads", where=where)
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        first = reader.line_num + 2
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield first, LineError(f"it is no CSV: {error}")
            continue
        if not row:
            continue
        if len(row) > len(names):
            yield first, LineError(f"it has {len(row)} values, and the head {len(names)}")
        else:
            yield first, dict(zip(names, row, strict=False))


def from_json(file: IO[bytes]) -> Iterator[Record]:
    """The objects of a file: one a line, an array of them, or one or several pages.

    A bad line of an NDJSON file is reported, and the next one read. What follows a mistake elsewhere can't be read.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace")
    head = [text.readline(), text.readline()]
    if any(_is_object(line) for line in head) or not head[0].lstrip().startswith(("[", "{")):
        yield from _by_line(chain(head, text))
    else:
        yield from _Values(text, "".join(head)).records()


def _is_object(line: str) -> bool:
    try:
        return isinstance(_DECODER.decode(line.strip()), dict)
    except ValueError:
        return False


def _by_line(lines: Iterable[str]) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, _object(_DECODER.decode(line.strip()))
            except LineError as error:
                yield number, error
            except ValueError as error:
                yield number, LineError(f"it is no JSON: {error}")


class _Values:
    """Values that follow each other in a text, within an array or side by side; only one is in memory at a time."""

    def __init__(self, text: io.TextIOWrapper, head: str) -> None:
        self.text, self.buffer = text, head
        #: Line and place of what comes next.
        self.number, self.place = 1, 0
        self.ended = False

    def records(self) -> Iterator[Record]:
        """Each object. An array within pages is not looked into here."""
        while self._skip():
            try:
                value, end = self._value()
            except ValueError as error:
                yield self.number, LineError(f"it is no JSON, and what follows can't be read: {error}")
                return
            try:
                yield self.number, _object(value)
            except LineError as error:
                yield self.number, error
            self._move(end)

    def _value(self) -> tuple[Any, int]:
        """The next value and where it ends. More is read while it is incomplete, twice as much each time."""
        more = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.place)
            except ValueError:
                if self.ended or len(self.buffer) > _LONGEST:
                    raise
            else:
                # A number at the end of the buffer may go on.
                if end < len(self.buffer) or self.ended:
                    return value, end
            self._read(more)
            more *= 2

    def _skip(self) -> bool:
        """Go to the next value; whether there is one."""
        while True:
            between = _BETWEEN.match(self.buffer, self.place)
            if between:
                self._move(between.end())
            if self.place < len(self.buffer):
                return True
            if self.ended:
                return False
            self._read(_CHUNK)

    def _move(self, place: int) -> None:
        self.number += self.buffer.count("\n", self.place, place)
        self.place = place

    def _read(self, size: int) -> None:
        more = self.text.read(size)
        self.ended = not more
        self.buffer = self.buffer[self.place :] + more
        self.place = 0


def _object(value: Any) -> Json:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict):
        raise LineError(f"{show(value)} is not an object")
    return value


#: Amounts are kept as written. NaN becomes a text, which is no amount.
_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=str)
_BETWEEN: Final = re.compile(r"[\s,\[\]]+")
