"""The file in which a bill of single calls is compared: no question looks at all calls for each call."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from runner.answers.reconcile import spool


def test_repetitions_are_found_by_indices() -> None:
    """Calls are read once; every other table by an index. A scan within took 326 s for 7,000 calls."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(spool._TABLES + spool._INDICES)
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {spool._REPEATED}")]
    assert [step for step in plan if step.startswith("SCAN")] == ["SCAN c"]
    assert sum(step.startswith("SEARCH") for step in plan) == 3
