"""The queue on disk: what was taken is in a file before its sender is told so, and leaves it when it is indexed."""

from __future__ import annotations

import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Event = dict[str, Any]


class Queue:
    """Events in the order of their arrival; any number of writers, one reader."""

    def __init__(self, path: Path) -> None:
        """Open it, with what was left by the last run."""
        self._lock = threading.Condition()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, event TEXT NOT NULL)")

    def put(self, events: Iterable[Event]) -> None:
        """Return when all of them are on disk."""
        rows = [(json.dumps(event),) for event in events]
        with self._lock:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO events (event) VALUES (?)", rows)
            self._db.execute("COMMIT")
            self._lock.notify()

    def take(self, limit: int) -> list[tuple[int, Event]]:
        """The oldest ones with their numbers; waits until there is one. They stay until they are removed."""
        with self._lock:
            oldest = "SELECT id, event FROM events ORDER BY id LIMIT ?"
            while not (rows := self._db.execute(oldest, (limit,)).fetchall()):
                self._lock.wait()
        return [(number, json.loads(text)) for number, text in rows]

    def remove(self, last: int) -> None:
        """Forget all up to that number."""
        with self._lock:
            self._db.execute("DELETE FROM events WHERE id <= ?", (last,))

    def size(self) -> tuple[int, int]:
        """(events, bytes) that wait."""
        with self._lock:
            result = self._db.execute("SELECT count(*), coalesce(sum(length(event)), 0) FROM events").fetchone()
        return int(result[0]), int(result[1])
