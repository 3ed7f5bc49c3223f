"""Finds log files that Filebeat does not read, or has not read to the end, and says why."""

from __future__ import annotations

import re
import stat
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import yaml

from generator.paths import ROOT
from generator.render.context import LOGS, PACKED_ENDINGS
from runner.runtimes.docker import engine, positions, settings

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from runner.runtimes.docker.positions import Positions

PACKED: Final = re.compile(rf"\.({PACKED_ENDINGS})$", re.IGNORECASE)
INPUTS: Final = ROOT / "filebeat" / "inputs.d" / "files.yml"
#: Folders that Filebeat makes of a `**`.
DEPTH: Final = 8
#: A file that changed within so many seconds is on its way: Filebeat looks every second, and sends a second later.
LAG_S: Final = 15
#: Bytes at the end of a file in which a line feed is looked for. A longer line is taken for one that has an end.
TAIL: Final = 1024 * 1024
RESTART: Final = f"{engine.RESTART} filebeat"
#: Of a container without capabilities even root is bound by a file's mode.
READ, ENTER = 4, 1

#: `stuck`: somebody must do something. `waiting`: Filebeat reads it. `packed`: never read, and mostly read before.
Kind = Literal["stuck", "waiting", "packed"]


@dataclass(frozen=True)
class Unread:
    """A file below the log folder that is not read (to the end), and why."""

    path: str
    why: str
    kind: Kind = "stuck"
    #: Bytes that are not in Logstash.
    bytes: int = 0


@dataclass(frozen=True)
class Input:
    """The settings of a rendered Filebeat input that say which files it reads."""

    paths: tuple[str, ...]
    include: tuple[re.Pattern[str], ...]
    exclude: tuple[re.Pattern[str], ...]

    @cached_property
    def _read(self) -> list[re.Pattern[str]]:
        return [_glob(path, f"{{0,{DEPTH}}}") for path in self.paths]

    @cached_property
    def _wanted(self) -> list[re.Pattern[str]]:
        return [_glob(path, "*") for path in self.paths]

    def reads(self, name: str) -> bool:
        """Whether a pattern of the input covers the path."""
        return any(pattern.fullmatch(name) for pattern in self._read)

    def wants(self, name: str) -> bool:
        """Whether it would without Filebeat's limit of folders within folders."""
        return any(pattern.fullmatch(name) for pattern in self._wanted)

    def accepts(self, name: str) -> bool:
        """Whether it reads files with such names."""
        path = f"{LOGS}/{name}"
        if any(pattern.search(path) for pattern in self.exclude):
            return False
        return not self.include or any(pattern.search(path) for pattern in self.include)


@dataclass(frozen=True)
class Folder:
    """The log folder on this machine, and as whom the container reads it. None as user: modes say nothing here."""

    path: Path
    user: int | None = None
    group: int = 0

    def refused(self, path: Path) -> str:
        """The part of a path that the container's user may not read or enter, with its mode; empty if there is none."""
        if self.user is None:
            return ""
        for part in (*reversed(path.relative_to(self.path).parents), path.relative_to(self.path)):
            found = (self.path / part).stat()
            need = READ | ENTER if stat.S_ISDIR(found.st_mode) else READ
            if need & ~self._rights(found):
                where = part.as_posix() if part != Path() else str(self.path)
                return f"{where} has the mode {stat.S_IMODE(found.st_mode):04o}"
        return ""

    def _rights(self, found: os.stat_result) -> int:
        shift = 6 if found.st_uid == self.user else 3 if found.st_gid == self.group else 0
        return found.st_mode >> shift & 7


def files() -> dict[Kind, list[dict[str, str | int]]]:
    """Files of the log folder that Filebeat does not read, by kind; none when Filebeat does not run."""
    name = engine.name_of("filebeat")
    text = engine.execute(name, ["/bin/bash", "-c", positions.COMMAND]) if name else None
    folder = settings.logs()
    result: dict[Kind, list[dict[str, str | int]]] = {"stuck": [], "waiting": [], "packed": []}
    if text is None or not folder.is_dir():
        return result
    known = inputs(INPUTS.read_text(encoding="utf-8"))
    for unread in unread_files(Folder(folder, _user()), known, positions.parse(text)):
        result[unread.kind].append({"path": unread.path, "why": unread.why, "bytes": unread.bytes})
    return result


def _user() -> int | None:
    """Who reads in the container. The overlay `autodiscover` may read all; only on Linux do modes count."""
    if sys.platform != "linux" or engine.remote() or "autodiscover" in engine.overlays():
        return None
    return int(settings.value("HOLYSHEEP_UID", str(settings.user())))


def inputs(text: str) -> list[Input]:
    """The inputs of a rendered inputs.d file."""
    return [
        Input(
            tuple(path.removeprefix(f"{LOGS}/") for path in rendered["paths"] if path.startswith(f"{LOGS}/")),
            tuple(map(re.compile, rendered.get("prospector.scanner.include_files", ()))),
            tuple(map(re.compile, rendered.get("prospector.scanner.exclude_files", ()))),
        )
        for rendered in yaml.safe_load(text)
    ]


def unread_files(folder: Folder, known: Iterable[Input], read: Positions) -> list[Unread]:
    """The unread files, sorted by path."""
    known = list(known)
    return [unread for path in sorted(folder.path.rglob("*")) for unread in _look(folder, path, known, read)]


def _look(folder: Folder, path: Path, known: list[Input], read: Positions) -> Iterator[Unread]:
    name = path.relative_to(folder.path).as_posix()
    try:
        if path.is_symlink():
            if why := _link(folder, path):
                yield Unread(name, why)
        elif path.is_file():
            yield from _file(folder, path, known, read)
    except OSError:
        # It was there a moment ago: it was rotated or deleted since.
        return


def _link(folder: Folder, path: Path) -> str:
    """Filebeat passes over linked files. It follows linked folders, if they are where the container sees them."""
    if not path.is_dir():
        return "it is a symbolic link: put the file itself into the folder"
    if not path.readlink().is_absolute() and path.resolve().is_relative_to(folder.path.resolve()):
        return ""
    return "it is a symbolic link out of the log folder, which the container does not see: put the folder itself there"


def _file(folder: Folder, path: Path, known: list[Input], read: Positions) -> Iterator[Unread]:
    name = path.relative_to(folder.path).as_posix()
    owners = [input_ for input_ in known if input_.reads(name)]
    if not owners and any(input_.wants(name) for input_ in known):
        yield Unread(name, f"it is more than {DEPTH} folders deep in its source's folder: put it higher")
    elif not owners:
        yield Unread(
            name, "no source reads this folder: put the file into a folder named as its source, such as client/"
        )
    elif PACKED.search(name):
        yield Unread(name, "it is packed: if it was not read before, unpack it in its folder", "packed")
    elif not any(input_.accepts(name) for input_ in owners):
        yield Unread(name, "the input does not accept its name: use the ending .log, .json, .jsonl, .ndjson or .txt")
    else:
        yield from _rest(folder, path, read)


def _rest(folder: Folder, path: Path, read: Positions) -> Iterator[Unread]:
    name = path.relative_to(folder.path).as_posix()
    inside = f"{LOGS}/{name}"
    found = path.stat()
    done = read.read.get(inside, 0)
    missing = found.st_size - done
    if missing <= 0:
        return
    words = f"{missing:,} of {found.st_size:,} bytes are not in Logstash yet"
    fresh = time.time() - max(found.st_mtime, found.st_ctime) < LAG_S
    if refused := folder.refused(path):
        who = f"the container's user ({folder.user}, group {folder.group})"
        # A file that Filebeat could not open it tries again only when the file grows.
        words = f"{refused}, so {who} may not read it: chmod o+rX, and unless the file grows: {RESTART}"
        yield Unread(name, words, bytes=missing)
    elif not fresh and _endless(path, done, missing):
        hint = f"Filebeat waits for it; if nothing more comes: echo >> {name}"
        yield Unread(name, f"its last line ({missing:,} bytes) has no line feed at its end: {hint}", bytes=missing)
    elif not fresh and read.opened is not None and inside not in read.opened:
        # As after an outage that was longer than HOLYSHEEP_FILEBEAT_KEEP_OPEN.
        hint = f"and Filebeat has closed it; once Logstash takes lines: {RESTART}"
        yield Unread(name, f"{words}, {hint}", bytes=missing)
    else:
        yield Unread(name, f"{words}; if that stays so: docs/log-rotation.md", "waiting", missing)


def _endless(path: Path, start: int, size: int) -> bool:
    """Whether what is not read yet is one line without its end."""
    if size > TAIL:
        return False
    try:
        with path.open("rb") as file:
            file.seek(start)
            return b"\n" not in file.read(size)
    except PermissionError:
        return False


def _glob(pattern: str, folders: str) -> re.Pattern[str]:
    """A Filebeat glob as a regular expression: `*` matches within a folder, `**/` so many folders."""
    parts = [re.escape(part).replace(r"\*", "[^/]*") for part in pattern.split("**/")]
    return re.compile(f"(?:[^/]+/){folders}".join(parts))
