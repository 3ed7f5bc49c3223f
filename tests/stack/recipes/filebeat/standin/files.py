"""Files of the rendered inputs: which they are, what is new in them, and how far they were read."""

from __future__ import annotations

import glob
import hashlib
import json
import re
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

Event = dict[str, Any]
#: Filebeat's own bound of a batch.
BATCH = 1024


@dataclass(frozen=True)
class Input:
    """One rendered filestream input: what of its settings matters here."""

    paths: list[str]
    length: int
    fields: dict[str, Any]
    joins: re.Pattern[bytes] | None


def inputs(folder: Path) -> list[Input]:
    """Those of inputs.d."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            multiline = next((parser["multiline"] for parser in one.get("parsers", []) if "multiline" in parser), None)
            if multiline and (multiline["negate"] or multiline["match"] != "after"):
                raise ValueError(f"{path}: only lines that belong to the one before them can be joined here")
            # Go's class has another name in Python.
            pattern = multiline and re.compile(multiline["pattern"].replace("[[:space:]]", r"\s").encode())
            length = one["prospector.scanner.fingerprint.length"]
            found.append(Input(one["paths"], length, one["fields"], pattern or None))
    return found


class Registry:
    """Fingerprint → offset, in a file that is replaced in one step."""

    def __init__(self, path: Path) -> None:
        """Read what the last run left."""
        self._path = path
        self.offsets: dict[str, int] = json.loads(path.read_text(encoding="ascii")) if path.is_file() else {}

    def note(self, key: str, offset: int) -> None:
        """All before the offset was acknowledged."""
        self.offsets[key] = offset
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self.offsets), encoding="ascii")
        part.replace(self._path)


def batches(known: list[Input], registry: Registry) -> Iterator[tuple[str, int, list[Event]]]:
    """(fingerprint, offset after, events) of what is new."""
    for one in known:
        for name in sorted({name for pattern in one.paths for name in glob.glob(pattern)}):  # noqa: PTH207 - absolute
            path = Path(name)
            if path.is_file():
                yield from _new(one, path, registry)


def _new(one: Input, path: Path, registry: Registry) -> Iterator[tuple[str, int, list[Event]]]:
    with path.open("rb") as file:
        head = file.read(one.length)
        if len(head) < one.length:
            return
        key = hashlib.sha256(head).hexdigest()
        offset = registry.offsets.get(key, 0)
        file.seek(0, 2)
        if file.tell() < offset:
            offset = 0
        file.seek(offset)
        events: list[Event] = []
        for line, start, end in _joined(file, offset, one.joins):
            events.append(_event(one, path, line, start))
            offset = end
            if len(events) == BATCH:
                yield key, offset, events
                events = []
        if events:
            yield key, offset, events


def _joined(file: Any, offset: int, joins: re.Pattern[bytes] | None) -> Iterator[tuple[bytes, int, int]]:  # noqa: ANN401
    """(line, its offset, that of the next) of whole lines."""
    held: list[bytes] = []
    start = offset
    for line in file:
        if not line.endswith(b"\n"):
            break
        text = line[:-1].removesuffix(b"\r")
        if held and not (joins and joins.search(text)):
            yield b"\n".join(held), start, offset
            held, start = [], offset
        held.append(text)
        offset += len(line)
    if held:
        yield b"\n".join(held), start, offset


def _event(one: Input, path: Path, line: bytes, offset: int) -> Event:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "@timestamp": now,
        "message": line.decode("utf-8", "replace"),
        "fields": one.fields,
        "host": {"name": socket.gethostname()},
        "log": {"offset": offset, "file": {"path": str(path)}},
        "input": {"type": "filestream"},
    }
