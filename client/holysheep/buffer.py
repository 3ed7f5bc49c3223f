"""Records that wait in memory, bounded by count and by bytes."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holysheep.settings import Settings

Record = dict[str, Any]
#: What a record without long texts takes, bytes.
BASE = 1500
_LONG = ("prompt", "completion", "error", "metadata")


def size_of(record: Record) -> int:
    """An estimate, cheap enough for every call: a base, and the length of what may be long."""
    size = BASE
    for name in _LONG:
        value = record.get(name)
        if value is None:
            continue
        if isinstance(value, dict):
            # A value that is no text is taken for a short one, for a look at each would take too long.
            size += sum(4 * len(item) if isinstance(item, str) else 200 for item in value.values())
        else:
            size += 4 * len(value) if isinstance(value, str) else len(str(value))
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
        """Append, whatever the bound; how many records are waiting."""
        size = size_of(record)
        with self._lock:
            self._records.append((record, size))
            self.bytes += size
            return len(self._records)

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
