"""Notes how far each log file was fed, so that a second `up` reads no line again.

Losing these positions costs time, never correctness: a line always gives the same document id, and Elasticsearch
refuses a second document with the same id.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from runner.host.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

#: The first bytes of a file, which tell it from a newer file with the same name.
HEAD: Final = 1024


@dataclass(frozen=True)
class Entry:
    """How far a file was read (bytes), and by which rules. `head` is the SHA-256 of the first `length` bytes."""

    offset: int
    length: int
    head: str
    rules: str


class Fed:
    """The positions of all fed files, in one JSON file."""

    def __init__(self, path: Path) -> None:
        """Read the positions; a file that can't be read counts as empty."""
        self._path = path
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
            self._entries = {name: Entry(**entry) for name, entry in entries.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._entries = {}

    def offset(self, file: Path) -> int:
        """The offset from which a file is to be read: 0 for a new file, also one that has the name of an older file."""
        entry = self._entries.get(str(file))
        if entry is None or file.stat().st_size < entry.offset or _head(file, entry.length) != entry.head:
            return 0
        return entry.offset

    def note(self, file: Path, offset: int, rules: str) -> None:
        """Note that every line before the offset is in Elasticsearch, priced by the rules of this version."""
        length = min(HEAD, offset)
        self._entries[str(file)] = Entry(offset, length, _head(file, length), rules)

    def older_rules(self, rules: str) -> bool:
        """Whether some lines in Elasticsearch were priced by another version of the rules."""
        return any(entry.rules != rules for entry in self._entries.values())

    def save(self) -> None:
        """Write the JSON file in one step."""
        entries = {name: asdict(entry) for name, entry in sorted(self._entries.items())}
        write_whole(self._path, json.dumps(entries, indent=1) + "\n")


def _head(file: Path, length: int) -> str:
    with file.open("rb") as opened:
        return hashlib.sha256(opened.read(length)).hexdigest()
