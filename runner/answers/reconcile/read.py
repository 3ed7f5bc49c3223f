"""Reads a bill from its files: which form each has, and every line of it. Bad lines are recorded, the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.answers.reconcile import providers, records
from runner.answers.reconcile.layouts import Layout, detected
from runner.answers.reconcile.providers import Row
from runner.answers.reconcile.values import LineError
from runner.lines.opened import compression, opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from runner.answers.reconcile.bill import Bill, Line
    from runner.answers.reconcile.records import Record

Json = dict[str, Any]
#: Makes the rows of a bill out of one record of a file.
Expand = Callable[[Json], Iterator[Row]]
#: What --format takes; `auto` looks at the file.
FORMATS: Final = ("auto", "csv", "json", "litellm", "openai", "anthropic")
#: Keys under which a JSON file keeps its rows.
_ROWS: Final = ("data", "rows", "items", "results", "usage", "records", "logs")
#: Lines between two signs of progress.
_STEP: Final = 10_000


@dataclass(frozen=True)
class Reading:
    """How to read the files."""

    files: Sequence[Path]
    format: str = "auto"
    #: value → column or key
    columns: Mapping[str, str] = field(default_factory=dict)
    #: cached tokens are counted beside the input tokens
    cached_apart: bool = False


def lines(reading: Reading, bill: Bill, tell: Callable[[int, int], None]) -> Iterator[Line]:
    """Every line of all files. What the lines have in common goes into `bill`. UserError for a file that is no bill."""
    total = sum(_size(path) for path in reading.files)
    tell(0, total)
    for path in reading.files:
        packed = bool(compression(path))
        with opened(path) as file:
            passed = 0
            for line in _lines(path, file, reading, bill):
                yield line
                if bill.lines % _STEP == 0 and not packed:
                    place = file.tell()
                    tell(place - passed, total)
                    passed = place
        tell(_size(path) - passed, total)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path)) from None


def _lines(path: Path, file: IO[bytes], reading: Reading, bill: Bill) -> Iterator[Line]:
    expand: Expand | None = None
    for number, record in _records(path, file, reading.format):
        if isinstance(record, LineError):
            bill.mistake(f"{path}:{number}", str(record))
            continue
        if expand is None:
            expand = _form(record, reading, path, bill)
        for values, layout, place in expand(record):
            try:
                line = layout.line(values, number, bill.zone)
            except LineError as error:
                bill.mistake(f"{path}:{number}", f"{place}: {error}" if place else str(error))
                continue
            bill.lines += 1
            bill.places = max(bill.places, line.places)
            bill.has_amounts |= line.atto is not None
            yield line
    if expand is None and not bill.mistakes:
        raise UserError("it has no lines", where=str(path))


def _records(path: Path, file: IO[bytes], kind: str) -> Iterator[Record]:
    if kind == "json" or (kind != "csv" and _begins_as_json(path)):
        return records.from_json(file)
    return records.from_csv(file, str(path))


def _begins_as_json(path: Path) -> bool:
    with opened(path) as file:
        return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _form(record: Json, reading: Reading, path: Path, bill: Bill) -> Expand:
    """How records of a file become rows, by its first one."""
    name, expand = _chosen(record, reading, path)
    if name not in bill.formats:
        bill.formats.append(name)
    return expand


def _chosen(record: Json, reading: Reading, path: Path) -> tuple[str, Expand]:
    detects = providers.known_json(record)
    if reading.format in ("litellm", "openai", "anthropic"):
        if detects is None or not detects[0].lower().startswith(reading.format):
            what = f"it is no export of {reading.format}: it has {', '.join(sorted(record)[:12])}"
            raise UserError(what, where=str(path), hint="leave out --format, or name the columns with --column")
        return detects
    if reading.format == "auto" and detects and not reading.columns:
        return detects
    key = next((key for key in _ROWS if isinstance(record.get(key), list)), None)
    first = next((row for row in record[key] if isinstance(row, dict)), {}) if key else record
    layout = detected(first, reading.columns, str(path))
    if reading.cached_apart:
        layout = Layout(layout.keys, cached_apart=True)
    return ("rows of JSON" if _begins_as_json(path) else "CSV"), partial(_rows, layout, key)


def _rows(layout: Layout, key: str | None, record: Json) -> Iterator[Row]:
    if key is None:
        yield Row(record, layout)
        return
    for number, row in enumerate(record.get(key) or ()):
        yield Row(row if isinstance(row, dict) else {}, layout, f"{key}[{number}]")
