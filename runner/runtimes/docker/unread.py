"""Finds log files that Filebeat does not read, or has not read to the end, and says why."""

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

#: Prints Filebeat's registry of read positions: the newest checkpoint, then the operations after it.
REGISTRY: Final = (
    "cd /usr/share/filebeat/data/registry/filebeat; cat $(ls [0-9]*.json 2>/dev/null | sort -n | tail -n 1) log.json"
)
PACKED: Final = re.compile(r"\.(gz|bz2|xz|zst|lz4|zip|tar|tgz)$")
INPUTS: Final = ROOT / "filebeat" / "inputs.d" / "files.yml"


@dataclass(frozen=True)
class Unread:
    """A file below the log folder that is not read (to the end), and why."""

    path: str
    why: str


@dataclass(frozen=True)
class Input:
    """The settings of a rendered Filebeat input that say which files it reads."""

    paths: tuple[re.Pattern[str], ...]
    include: tuple[re.Pattern[str], ...]
    exclude: tuple[re.Pattern[str], ...]


def files() -> list[dict[str, str]]:
    """Files of the log folder that Filebeat does not read; empty when Filebeat does not run."""
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
            tuple(_glob(path.removeprefix(f"{LOGS}/")) for path in rendered["paths"] if path.startswith(f"{LOGS}/")),
            tuple(map(re.compile, rendered.get("prospector.scanner.include_files", ()))),
            tuple(map(re.compile, rendered.get("prospector.scanner.exclude_files", ()))),
        )
        for rendered in yaml.safe_load(text)
    ]


def offsets(text: str) -> dict[str, int]:
    """Path in the container → bytes read, from a checkpoint and the operations after it."""
    states: dict[str, Any] = {}
    operation = ""
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            # Filebeat is writing the last line.
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
    """The unread files, sorted by path. `read`: path in the container → bytes that Logstash has confirmed."""
    known = list(known)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Unread(name, "it is a symbolic link: put the file itself into the folder")
        elif path.is_file() and (why := _why(name, path.stat().st_size, known, read.get(f"{LOGS}/{name}", 0))):
            yield Unread(name, why)


def _why(name: str, size: int, known: list[Input], read: int) -> str:
    owners = [input_ for input_ in known if any(pattern.fullmatch(name) for pattern in input_.paths)]
    if not owners:
        return "no source reads this folder: put the file into a folder named as its source, such as client/"
    if PACKED.search(name):
        return "it is compressed: if it was not read before, decompress it in its folder"
    path = f"{LOGS}/{name}"
    if not any(_accepts(input_, path) for input_ in owners):
        return "the input does not accept its name: use the ending .log, .json, .jsonl, .ndjson or .txt"
    if read < size:
        return f"{size - read:,} of {size:,} bytes are not in Logstash yet; if that stays so: docs/log-rotation.md"
    return ""


def _accepts(input_: Input, path: str) -> bool:
    if any(pattern.search(path) for pattern in input_.exclude):
        return False
    return not input_.include or any(pattern.search(path) for pattern in input_.include)


def _glob(pattern: str) -> re.Pattern[str]:
    """A Filebeat glob as a regular expression: `*` matches within a folder, `**/` any number of folders."""
    parts = [re.escape(part).replace(r"\*", "[^/]*") for part in pattern.split("**/")]
    return re.compile("(?:[^/]+/)*".join(parts))
