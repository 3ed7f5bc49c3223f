"""Reads log files as frames: a file's source, its lines as raw bytes, and lines joined as Filebeat joins them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import generator
from generator.errors import UserError
from runner.lines.filter import Frame
from runner.lines.opened import ENDINGS, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.registry.sources import Multiline, Source

#: The folder of the sources; `generator.registry.sources` names it too, but loads pydantic.
FOLDER: Final = Path(generator.__file__).parent / "registry" / "sources"

#: Bytes at which longer lines are cut, as Filebeat cuts them (`message_max_bytes`).
MAX_LINE: Final = 16 * 1024 * 1024
#: Endings of log files. A folder may hold other files, such as notes and expected documents.
LOG_ENDINGS: Final = frozenset({".log", ".ndjson", ".jsonl"})
#: Lines of a multiline event beyond which Filebeat discards further ones (`max_lines`).
MAX_LINES: Final = 10_000


@dataclass(frozen=True)
class LogFile:
    """A log file and its source. None as source: the filter detects the source of each line."""

    path: Path
    source: str | None

    @cached_property
    def multiline(self) -> Multiline | None:
        """How the source joins lines; None when each line is a record."""
        return next((source.filebeat.multiline for source in _sources() if source.name == self.source), None)


def _sources() -> tuple[Source, ...]:
    # Imported late, since it loads pydantic and YAML: `process --help` and a mistyped option must not wait for them.
    from generator.registry.sources import load_sources  # noqa: PLC0415  # see above

    return load_sources()


def source_names() -> list[str]:
    """The names that `--source` accepts."""
    # The file names are enough. Reading the arguments must not load the sources.
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.yaml"))


def source_of(path: Path) -> str | None:
    """The source of a log file: by the Filebeat paths of the sources, else by the name of the file or its folder."""
    if path.suffix in ENDINGS:
        path = path.with_suffix("")
    short, long = path.name, f"{path.parent.name}/{path.name}"
    for source in _sources():
        for pattern in source.filebeat.paths:
            if fnmatchcase(long if "/" in pattern else short, pattern.replace("/**/", "/")):
                return source.name
    names = source_names()
    return next((name for name in (path.stem, path.parent.name) if name in names), None)


def expand(paths: Iterable[Path]) -> list[LogFile]:
    """The log files of the given files and folders, in a fixed order. UserError for a path that does not exist."""
    logs = []
    for path in paths:
        if path.is_dir():
            logs += [LogFile(file, source_of(file)) for file in sorted(path.rglob("*")) if _is_log(file)]
        elif path.exists():
            logs.append(LogFile(path, source_of(path)))
        else:
            raise UserError("there is no such file", where=str(path))
    return logs


def left_out(paths: Iterable[Path]) -> list[Path]:
    """Files in the given folders that `expand` leaves out, since no source reads files with such names."""
    folders = [path for path in paths if path.is_dir()]
    return [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file() and not _is_log(file)]


def _is_log(file: Path) -> bool:
    """Whether a file in a folder is a log: by its ending, or because a source reads files with such names."""
    name = file.with_suffix("") if file.suffix in ENDINGS else file
    return file.is_file() and (name.suffix in LOG_ENDINGS or _read_by_a_source(name))


def _read_by_a_source(name: Path) -> bool:
    long = f"{name.parent.name}/{name.name}"
    return not name.name.endswith(".expected.json") and any(
        fnmatchcase(long, pattern.replace("/**/", "/"))
        for source in _sources()
        for pattern in source.filebeat.paths
        if "/" in pattern
    )


def read_lines(file: IO[bytes], offset: int = 0) -> Iterator[tuple[bytes, int]]:
    """(line without its line feed, offset of the next line), from the file's position on.

    `offset`: the file's position in bytes. The last line needs no line feed.
    """
    while line := file.readline(MAX_LINE + 1):
        offset += len(line)
        if not line.endswith(b"\n") and len(line) > MAX_LINE:
            while rest := file.readline(MAX_LINE):
                offset += len(rest)
                if rest.endswith(b"\n"):
                    break
        yield line[:-1] if line.endswith(b"\n") else line, offset


def joined(lines: Iterable[tuple[bytes, int]], multiline: Multiline) -> Iterator[tuple[bytes, int]]:
    """Join lines into events as Filebeat's multiline parser does (type `pattern`).

    As there, an event's lines beyond MAX_LINES and its bytes beyond MAX_LINE are discarded.
    """
    # Python has no POSIX classes as Go has; our sources use this class only.
    pattern = re.compile(multiline.pattern.replace("[[:space:]]", r"\s").encode())
    held = bytearray()
    count = end = 0
    belongs = False
    for line, after in lines:
        matched = bool(pattern.search(line)) != multiline.negate
        # match `after`: a matching line belongs to the line before it; `before`: to the line after it.
        joins = matched if multiline.match == "after" else belongs
        if count and not joins:
            yield bytes(held), end
            held.clear()
            count = 0
        if count < MAX_LINES and len(held) < MAX_LINE:
            held += b"\n" + line if count else line
            del held[MAX_LINE:]
        count += 1
        end = after
        belongs = matched
    if count:
        yield bytes(held), end


def frames_of(log: LogFile, offset: int = 0, *, stamp: bool) -> Iterator[Frame]:
    """Frames of a file from an offset on.

    With `stamp`, a line's arrival is the file's modification time. Lines without a timestamp then get the same day at
    every reading, so reading the file again adds no document.
    """
    with opened(log.path, offset) as file:
        arrival = int(log.path.stat().st_mtime * 1000) if stamp else None
        lines = read_lines(file, offset)
        for line, end in joined(lines, log.multiline) if log.multiline else lines:
            yield Frame(line, log.source, arrival, str(log.path), end, offset)
            offset = end


def whole_frames_of(log: LogFile) -> Iterator[Frame]:
    """Frames of a compressed file, which is read whole. `end` is the file's size for the last frame, 0 for others."""
    before: Frame | None = None
    for frame in frames_of(log, stamp=True):
        if before is not None:
            yield before
        before = replace(frame, end=0)
    if before is not None:
        yield replace(before, end=log.path.stat().st_size)
