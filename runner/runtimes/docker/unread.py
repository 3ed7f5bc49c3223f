"""Log files that Filebeat does not read, or has not read to their end, and why: for `status`."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from generator.paths import ROOT
from generator.render.context import LOGS
from runner.runtimes.docker import engine, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

#: Filebeat's book of positions: the newest checkpoint, then what came after it.
REGISTRY: Final = (
    "cd /usr/share/filebeat/data/registry/filebeat; cat $(ls [0-9]*.json 2>/dev/null | sort -n | tail -n 1) log.json"
)
PACKED: Final = re.compile(r"\.(gz|bz2|xz|zst|lz4|zip|tar|tgz)$")
INPUTS: Final = ROOT / "filebeat" / "inputs.d" / "files.yml"


@dataclass(frozen=True)
class Unread:
    """A file below the log folder, and why lines of it are not on their way."""

    path: str
    why: str


@dataclass(frozen=True)
class Input:
    """What of a rendered input says which files it reads."""

    paths: tuple[re.Pattern[str], ...]
    include: tuple[re.Pattern[str], ...]
    exclude: tuple[re.Pattern[str], ...]


def files() -> list[dict[str, str]]:
    """Files of the log folder that are not read; none when Filebeat does not run."""
    name = engine.name_of("filebeat")
    text = engine.execute(name, ["/bin/bash", "-c", REGISTRY]) if name else None
    folder = settings.logs()
    if text is None or not folder.is_dir():
        return []
    return [
        asdict(unread) for unread in unread_files(folder, inputs(INPUTS.read_text(encoding="utf-8")), offsets(text))
    ]


def inputs(text: str) -> list[Input]:
    """The inputs of a rendered inputs.d file."""
    return [
        Input(
            tuple(_glob(path.removeprefix(f"{LOGS}/")) for path in found["paths"] if path.startswith(f"{LOGS}/")),
            tuple(map(re.compile, found.get("prospector.scanner.include_files", ()))),
            tuple(map(re.compile, found.get("prospector.scanner.exclude_files", ()))),
        )
        for found in yaml.safe_load(text)
    ]


def offsets(text: str) -> dict[str, int]:
    """Path in the container → bytes read, of a checkpoint and the operations after it."""
    states: dict[str, Any] = {}
    operation = ""
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            # The last line is being written.
            continue
        if isinstance(entry, list):
            states = {state["_key"]: state for state in entry}
        elif "op" in entry:
            operation = entry["op"]
        elif operation == "remove":
            states.pop(entry["k"], None)
        else:
            states[entry["k"]] = entry["v"]
    return {
        state["meta"]["source"]: int((state.get("cursor") or {}).get("offset", 0))
        for state in states.values()
        if isinstance(state, dict) and (state.get("meta") or {}).get("source")
    }


def unread_files(folder: Path, known: Iterable[Input], read: Mapping[str, int]) -> Iterator[Unread]:
    """In the order of their paths. `read`: path in the container → bytes that Logstash has confirmed."""
    known = list(known)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Unread(name, "is a symbolic link: put the file itself into the folder")
        elif path.is_file() and (why := _why(name, path.stat().st_size, known, read.get(f"{LOGS}/{name}", 0))):
            yield Unread(name, why)


def _why(name: str, size: int, known: list[Input], read: int) -> str:
    owners = [found for found in known if any(pattern.fullmatch(name) for pattern in found.paths)]
    if not owners:
        return "no source reads this folder: put it into one that is named as its source, such as client/"
    if PACKED.search(name):
        return "is packed: if it was not read before, unpack it in its folder"
    whole = f"{LOGS}/{name}"
    if not any(_named(found, whole) for found in owners):
        return "its name is not a log's: let it end in .log, .json, .jsonl, .ndjson or .txt"
    if read < size:
        return f"{size - read:,} of {size:,} bytes are not in Logstash yet; if that stays so: docs/log-rotation.md"
    return ""


def _named(found: Input, path: str) -> bool:
    if any(pattern.search(path) for pattern in found.exclude):
        return False
    return not found.include or any(pattern.search(path) for pattern in found.include)


def _glob(pattern: str) -> re.Pattern[str]:
    """Filebeat's globs: `*` is within a folder, `**/` any folders or none."""
    parts = [re.escape(part).replace(r"\*", "[^/]*") for part in pattern.split("**/")]
    return re.compile("(?:[^/]+/)*".join(parts))
