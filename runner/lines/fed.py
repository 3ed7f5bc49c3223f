"""The book of files that were fed, so that a second `up` reads nothing again.

Losing it costs time, never correctness: documents have deterministic ids, and Elasticsearch refuses a second one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from runner.host.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

#: Bytes that tell a file from its successor of the same name.
HEAD: Final = 1024


@dataclass(frozen=True)
class Entry:
    """How far a file was read. `head` is the SHA-256 of its first `length` bytes."""

    offset: int
    length: int
    head: str
    rules: str


class Fed:
    """The book, in one JSON file."""

    def __init__(self, path: Path) -> None:
        """Read it; a book that can't be read is an empty one."""
        self._path = path
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
            self._entries = {name: Entry(**entry) for name, entry in read.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._entries = {}

    def offset(self, file: Path) -> int:
        """Where to go on reading: 0 for a new file, and for another file under an old name."""
        entry = self._entries.get(str(file))
        if entry is None or file.stat().st_size < entry.offset or _head(file, entry.length) != entry.head:
            return 0
        return entry.offset

    def note(self, file: Path, offset: int, rules: str) -> None:
        """Everything before the offset is in Elasticsearch, priced by rules of that version."""
        length = min(HEAD, offset)
        self._entries[str(file)] = Entry(offset, length, _head(file, length), rules)

    def older_rules(self, rules: str) -> bool:
        """Whether some of what is in Elasticsearch was priced by another version of the rules."""
        return any(entry.rules != rules for entry in self._entries.values())

    def save(self) -> None:
        """Write it in one step."""
        entries = {name: asdict(entry) for name, entry in sorted(self._entries.items())}
        write_whole(self._path, json.dumps(entries, indent=1) + "\n")


def _head(file: Path, length: int) -> str:
    with file.open("rb") as opened:
        return hashlib.sha256(opened.read(length)).hexdigest()
