"""Lines of a bill and calls of ours in a database on disk, since they may be more than memory holds.

The database is a file without a name, which is gone at the end.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from runner.answers.reconcile.bill import Tells, Tokens
from runner.answers.reconcile.documents import Logged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.answers.reconcile.bill import Line

#: Rows a statement.
_BATCH: Final = 5000
#: Moments this far apart may still be the same call, or an attempt of it.
NEAR_MS: Final = 15 * 60_000
_TABLES: Final = """
CREATE TABLE lines (n INTEGER PRIMARY KEY, day TEXT, at INTEGER, model TEXT, id TEXT, plain INTEGER, cached INTEGER,
  written INTEGER, output INTEGER, nano INTEGER, has_tokens INTEGER, tells INTEGER,
  rest INTEGER DEFAULT 0);
CREATE TABLE calls (n INTEGER PRIMARY KEY, day TEXT, there TEXT, at INTEGER, model TEXT, plain INTEGER, cached INTEGER,
  written INTEGER, output INTEGER, nano INTEGER, status TEXT, retries INTEGER, response TEXT, own TEXT,
  taken INTEGER DEFAULT 0);
CREATE TABLE keys (key TEXT, call INTEGER);
CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_INDICES: Final = """
CREATE INDEX lines_id ON lines (id, n);
CREATE INDEX keys_key ON keys (key, call);
CREATE INDEX keys_call ON keys (call, key);
CREATE INDEX calls_retried ON calls (model, plain + cached + written) WHERE retries > 0;
"""
#: An id may stand at a call twice: when the answer's id is the same, or our own id and all tokens are.
_REPEATED: Final = """
SELECT c.* FROM calls c WHERE c.taken = 0 AND EXISTS (
  SELECT 1 FROM keys mine JOIN keys other ON other.key = mine.key JOIN calls o ON o.n = other.call
  WHERE mine.call = c.n AND o.n <> c.n AND (o.taken = 1 OR (o.taken = 0 AND o.n < c.n)) AND (
    (o.response = c.response AND c.response <> '') OR
    ((o.response = '' OR c.response = '') AND o.plain = c.plain AND o.output = c.output)))
"""
_LINES_LEFT: Final = "SELECT * FROM lines WHERE rest = 1 ORDER BY model, day, plain + cached + written, output, at, n"
_CALLS_LEFT: Final = (
    "SELECT * FROM calls WHERE taken = 0 ORDER BY model, there, plain + cached + written, output, at, n"
)
_RETRIED_THAT_DAY: Final = """
SELECT n FROM calls WHERE model = ? AND plain + cached + written = ? AND retries > 0 AND there = ? LIMIT 1
"""
_RETRIED_NEAR: Final = """
SELECT n FROM calls WHERE model = ? AND plain + cached + written = ? AND retries > 0 AND at BETWEEN ? AND ? LIMIT 1
"""


class StoredLine(NamedTuple):
    """A line of the bill."""

    number: int
    day: date
    at_ms: int | None
    model: str
    id: str
    tokens: Tokens | None
    nano: int
    tells: Tells


class StoredCall(NamedTuple):
    """A call of ours."""

    number: int
    #: by the budgets' zone, and by that of the bill's days
    day: date
    there: date
    call: Logged


class Spool:
    """Writes in batches, and gives back in the order that a comparison needs."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """An empty database."""
        self._db = connection
        self._lines: list[tuple[Any, ...]] = []
        self._calls: list[tuple[Any, ...]] = []
        self._keys: list[tuple[str, int]] = []
        self._number = 0
        self._db.executescript(_TABLES)
        # One transaction for all: nothing of it is kept.
        self._db.execute("BEGIN")

    def add_line(self, line: Line, day: date, model: str) -> None:
        """Keep a line of the bill under its day and row."""
        self._number += 1
        at_ms = line.at if isinstance(line.at, int) else None
        counts = line.tokens or Tokens()
        told = (line.tokens is not None, int(line.tells))
        self._lines.append((self._number, day.isoformat(), at_ms, model, line.id, *counts, line.nano, *told))
        if len(self._lines) >= _BATCH:
            self._flush()

    def add_call(self, call: Logged, day: date, there: date) -> None:
        """Keep a call of ours under its day here and in the bill."""
        self._number += 1
        row = (
            call.at_ms,
            call.model,
            *call.tokens,
            call.nano,
            call.status,
            call.retries,
            call.response_id,
            call.own_id,
        )
        self._calls.append((self._number, day.isoformat(), there.isoformat(), *row))
        self._keys += [(key, self._number) for key in {call.response_id, call.own_id} if key]
        if len(self._calls) >= _BATCH:
            self._flush()

    def finish(self) -> None:
        """All is there: make it searchable."""
        self._flush()
        self._db.executescript(_INDICES)
        self._db.execute("BEGIN")

    def is_new(self, answer: str) -> bool:
        """Whether an answer's id comes for the first time."""
        return self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (answer,)).rowcount > 0

    def _flush(self) -> None:
        self._db.executemany("INSERT INTO lines VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0)", self._lines)
        self._db.executemany("INSERT INTO calls VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)", self._calls)
        self._db.executemany("INSERT INTO keys VALUES (?, ?)", self._keys)
        for rows in (self._lines, self._calls, self._keys):
            rows.clear()

    def lines_by_id(self) -> Iterator[StoredLine]:
        """The lines with an id, those of one id together."""
        yield from map(_line, self._db.execute("SELECT * FROM lines WHERE id <> '' ORDER BY id, n"))

    def call_of(self, line: StoredLine) -> StoredCall | None:
        """The call with a line's id that no other line has; of several, one with the line's tokens."""
        counts = line.tokens or Tokens()
        found = self._db.execute(
            "SELECT c.* FROM keys k JOIN calls c ON c.n = k.call WHERE k.key = ? AND c.taken = 0 "
            "ORDER BY c.plain + c.cached + c.written <> ?, c.output <> ?, c.n LIMIT 1",
            (line.id, counts.all - counts.output, counts.output),
        ).fetchone()
        return _call(found) if found else None

    def take(self, call: StoredCall, how: int = 1) -> None:
        """A line has this call (1), or it is a repetition (2): it is not looked at again."""
        self._db.execute("UPDATE calls SET taken = ? WHERE n = ?", (how, call.number))

    def leave(self, line: StoredLine) -> None:
        """No call has this line's id: it is looked at again by its tokens."""
        self._db.execute("UPDATE lines SET rest = 1 WHERE n = ?", (line.number,))

    def leave_without_id(self) -> None:
        """The same for the lines that have no id."""
        self._db.execute("UPDATE lines SET rest = 1 WHERE id = ''")

    def repeated(self) -> list[StoredCall]:
        """Calls that are in our logs already."""
        return [_call(row) for row in self._db.execute(_REPEATED)]

    def rest(self) -> tuple[Iterator[StoredLine], Iterator[StoredCall]]:
        """Lines and calls that are left, both by model, day, tokens and time."""
        return map(_line, self._db.execute(_LINES_LEFT)), map(_call, self._db.execute(_CALLS_LEFT))

    def retried(self, line: StoredLine) -> bool:
        """Whether a call of the same model and input was logged with retries near the line, and one is left for it."""
        if line.tokens is None:
            return False
        wanted = (line.model, line.tokens.all - line.tokens.output)
        if line.at_ms is None:
            found = self._db.execute(_RETRIED_THAT_DAY, (*wanted, line.day.isoformat())).fetchone()
        else:
            times = (line.at_ms - NEAR_MS, line.at_ms + NEAR_MS)
            found = self._db.execute(_RETRIED_NEAR, (*wanted, *times)).fetchone()
        if found:
            self._db.execute("UPDATE calls SET retries = retries - 1 WHERE n = ?", found)
        return bool(found)


@contextmanager
def spool() -> Iterator[Spool]:
    """An empty one, in a file that has no name and is gone with it."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -65536"):
            connection.execute(f"PRAGMA {setting}")
        yield Spool(connection)


def _line(row: tuple[Any, ...]) -> StoredLine:
    number, day, at_ms, model, own, *counts, nano, has_tokens, tells, _ = row
    tokens = Tokens(*counts) if has_tokens else None
    return StoredLine(number, date.fromisoformat(day), at_ms, model, own, tokens, nano, Tells(tells))


def _call(row: tuple[Any, ...]) -> StoredCall:
    number, day, there, at_ms, model, plain, cached, written, output, nano, status, retries, response, own, _ = row
    tokens = Tokens(plain, cached, written, output)
    return StoredCall(
        number,
        date.fromisoformat(day),
        date.fromisoformat(there),
        Logged(at_ms, model, tokens, nano, status, retries, response, own),
    )
