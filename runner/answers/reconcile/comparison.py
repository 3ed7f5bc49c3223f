"""The comparison of a bill with our documents by day and model, and the causes of each gap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from runner.answers.reconcile.bill import NO_TOKENS, Tokens
from runner.answers.reconcile.rates import Rates
from runner.answers.reconcile.values import ATTO_PER_NANO, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

#: Every cause and what it means, in the order of the table.
CAUSES: Final = {
    "unpriced": "our card has no price for the call",
    "missing_usage": "our line lacks the tokens",
    "retries": "attempts of calls that we logged once",
    "duplicate_lines": "twice in the bill",
    "duplicate_calls": "twice in our logs",
    "never_seen": "in the bill, not in our logs",
    "only_ours": "in our logs, not in the bill",
    "failed_calls": "failed, and charged all the same",
    "other_tokens": "the same calls with other tokens",
    "other_price": "the same tokens at another price",
    "other_model": "the bill names another model",
    "time_zone": "on another day in the bill",
    "rounding": "rounded amounts",
    "unexplained": "none of these",
}


@dataclass
class Cause:
    """What one cause adds to a gap, in nano-USD, and how many calls or lines it is about."""

    nano: int = 0
    count: int = 0


@dataclass
class Cell:
    """One day and model. Positive gaps: the bill asks for more than our documents say."""

    day: date
    model: str
    bill_atto: int = 0
    #: the same as the sum of the lines, each rounded to the nano-USD; of a bill of single calls
    lines_nano: int = 0
    our_nano: int = 0
    #: calls that the bill counts; not all bills do
    bill_calls: int = 0
    our_calls: int = 0
    bill_tokens: Tokens = NO_TOKENS
    our_tokens: Tokens = NO_TOKENS
    causes: dict[str, Cause] = field(default_factory=dict)

    @property
    def bill_nano(self) -> int:
        """What the bill asks for, rounded once."""
        return rounded(self.bill_atto, ATTO_PER_NANO)

    @property
    def gap(self) -> int:
        """Bill minus ours."""
        return self.bill_nano - self.our_nano

    def add(self, name: str, nano: int, count: int = 0) -> None:
        """Add to a cause."""
        if nano or count:
            cause = self.causes.setdefault(name, Cause())
            cause.nano += nano
            cause.count += count

    def close(self) -> None:
        """Put what no cause explains under `unexplained`, so that the causes add up to the gap."""
        self.add("unexplained", self.gap - sum(cause.nano for cause in self.causes.values()))

    @property
    def largest(self) -> str:
        """The cause that moves most money; empty when none moves any."""
        moving = {name: abs(cause.nano) for name, cause in self.causes.items() if cause.nano}
        return max(moving, key=lambda name: moving[name], default="")


@dataclass
class Comparison:
    """All days and models, and at which rates the bill charges where they are not ours."""

    first: date
    last: date
    cells: dict[tuple[date, str], Cell] = field(default_factory=dict)
    rates: dict[str, Rates] = field(default_factory=dict)
    #: of the bill's days and of ours, where they differ
    zones: tuple[str, str] | None = None

    def within(self, day: date) -> bool:
        """Whether a day is compared."""
        return self.first <= day <= self.last

    def cell(self, day: date, model: str) -> Cell:
        """The cell of a day and model; made when it is asked for the first time."""
        cell = self.cells.get((day, model))
        if cell is None:
            cell = self.cells[day, model] = Cell(day, model)
        return cell

    def another_price(self, model: str, tokens: Tokens, bill_nano: int, our_nano: int) -> None:
        """Remember a price of the bill that is not ours, to name it."""
        self.rates.setdefault(model, Rates()).add(tokens, bill_nano, our_nano)

    def close(self) -> None:
        """Name the rest of every gap."""
        for cell in self.cells.values():
            cell.close()


def causes(cells: Iterable[Cell]) -> dict[str, Cause]:
    """The causes of several cells together, in the order of CAUSES."""
    found: dict[str, Cause] = {}
    for cell in cells:
        for name, cause in cell.causes.items():
            whole = found.setdefault(name, Cause())
            whole.nano += cause.nano
            whole.count += cause.count
    return {name: found[name] for name in CAUSES if name in found}
