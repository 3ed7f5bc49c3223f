"""What a run of the rollups did, and what a comparison found, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.answers.report import usd
from runner.answers.sheets import Sheet
from runner.words import counted

if TYPE_CHECKING:
    from runner.answers.rollups.check import Checked
    from runner.answers.rollups.job import Result


def of_run(result: Result) -> Sheet:
    """One row an index of calls that had something to do, or whose rollups were kept."""
    rows = [
        (done.index, f"{done.quarters:,}", f"{done.days:,}", f"{done.documents:,}", f"{done.held:,}")
        for done in result.done
    ]
    notes = [f"Unchanged since the last run: {counted(result.unchanged, 'index', 'indices')} of calls."]
    notes += [f"{done.index} is frozen: {done.frozen}. Its rollups stay." for done in result.done if done.frozen]
    if any(done.held for done in result.done):
        notes.append("Kept: calls of these quarters of an hour are gone, and no erasure tells of it: docs/rollups.md.")
    heads = ("Calls of", "Quarters", "Days", "Documents", "Kept quarters")
    return Sheet("Rollups", heads, rows, notes=notes)


def of_check(checked: Checked) -> Sheet:
    """One row a difference."""
    rows = [
        (
            item.where,
            f"{item.documents:,}",
            f"{item.calls:,}",
            f"{item.calls_in_rollups:,}",
            usd(item.cost_nano),
            usd(item.cost_in_rollups_nano),
        )
        for item in checked.differences
    ]
    indices, days = counted(checked.indices, "index", "indices"), counted(checked.days, "day")
    compared = f"{indices} of calls and {days}, {counted(checked.documents, 'document')}"
    notes = [f"Compared: {compared}; {len(rows):,} differ."]
    if rows:
        notes.append("Lines that came after the last run differ until the next: `holysheep-elk rollup`.")
    notes += [f"Not compared, since calls are gone: {text}" for text in checked.kept]
    heads = ("Where", "Documents", "Calls", "Rolled up", "Cost (USD)", "Rolled up")
    return Sheet("Rollups that differ", heads, rows, notes=notes)
