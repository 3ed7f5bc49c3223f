"""Records that wait in memory, bounded by count and by bytes."""

from __future__ import annotations

import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from holysheep.settings import Settings

Record = dict[str, Any]
#: What a record without long texts takes, bytes.
BASE: Final = 1500
#: More than any buffer holds.
FULL: Final = sys.maxsize


def size_of(record: Record) -> int:
    """An estimate, cheap enough for every call: a base, and the length of what may be long."""
    size = BASE
    if metadata := record.get("metadata"):
        size += _size(metadata)
    if "error" in record or "prompt" in record or "completion" in record:
        for name in ("error", "prompt", "completion"):
            if (value := record.get(name)) is not None:
                size += _size(value)
    return size


def _size(value: object) -> int:
    """Four bytes a letter. Within an object, a value that is no text is taken for a short one: to look at each would
    take too long.
    """
    if not isinstance(value, dict):
        return 4 * len(value) if isinstance(value, str) else len(str(value))
    size = 0
    for item in value.values():
        size += 4 * len(item) if type(item) is str else 200
    return size


class Buffer:
    """A queue of records. `put` never waits unless the policy is `block`."""

    def __init__(self, settings: Settings) -> None:
        """Empty; `dropped` counts the records that the policy `drop_oldest` gave up."""
        self._max_lines, self._max_bytes = settings.max_lines, settings.max_bytes
        self._records: deque[tuple[Record, int]] = deque()
        self.bytes = 0
        self.dropped = 0
        # Re-entrant: a signal handler of the application may log while its thread is in here.
        self._lock = threading.RLock()
        self._room = threading.Condition(self._lock)

    def __len__(self) -> int:
        return len(self._records)

    def put(self, record: Record) -> int:
        """Append, whatever the bound; how many records are waiting, `FULL` when the bound is passed."""
        size = size_of(record)
        with self._lock:
            self._records.append((record, size))
            self.bytes += size
            waiting = len(self._records)
            return FULL if waiting > self._max_lines or self.bytes > self._max_bytes else waiting

    @property
    def full(self) -> bool:
        """Whether the bound is passed."""
        return len(self._records) > self._max_lines or self.bytes > self._max_bytes

    def drop_oldest(self) -> None:
        """Give up records until the bound holds; the newest stays in any case."""
        with self._lock:
            while self.full and len(self._records) > 1:
                self.bytes -= self._records.popleft()[1]
                self.dropped += 1

    def wait_for_room(self) -> None:
        """Return when the bound holds."""
        with self._room:
            while self.full:
                self._room.wait(1.0)

    def take(self, count: int) -> list[Record]:
        """At most so many of the oldest records."""
        with self._lock:
            taken = [self._records.popleft() for _ in range(min(count, len(self._records)))]
            self.bytes -= sum(size for _, size in taken)
            self._room.notify_all()
        return [record for record, _ in taken]
