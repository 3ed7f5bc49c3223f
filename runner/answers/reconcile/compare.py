"""Reads a bill and our calls of the same days, and compares them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.answers.periods import Span, midnight
from runner.answers.reconcile import documents, read
from runner.answers.reconcile.bill import Bill
from runner.answers.reconcile.calls import Calls, record
from runner.answers.reconcile.comparison import Comparison
from runner.answers.reconcile.documents import Logged, local_day
from runner.answers.reconcile.models import Models
from runner.answers.reconcile.spool import Spool, spool
from runner.answers.reconcile.sums import Billed, Sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from holysheep.price.rules import PriceRules
    from runner.answers.reader import Selection
    from runner.answers.reconcile.bill import Line
    from runner.answers.reconcile.read import Reading

#: A call at midnight may have its other half on the day beside it.
_MARGIN: Final = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """What is compared, by which card and in which zones."""

    reading: Reading
    rules: PriceRules
    #: of the budgets, and of the days in the bill
    zone: str
    bill_zone: str = "UTC"
    #: both included; None: those of the bill
    first: date | None = None
    last: date | None = None


@dataclass
class _Work:
    """A comparison while it is made."""

    question: Question
    spool: Spool
    bill: Bill
    models: Models
    comparison: Comparison
    billed: dict[tuple[date, str], Billed] = field(default_factory=dict)
    first: date = date.max
    last: date = date.min
    has_days: bool = False

    def add_line(self, line: Line) -> None:
        if self.bill.lines == 1:
            self.bill.by_call = bool(line.id)
        day = line.at if isinstance(line.at, date) else local_day(line.at, self.question.zone)
        self.has_days |= isinstance(line.at, date)
        self.first, self.last = min(self.first, day), max(self.last, day)
        model = self.models.row(line.model).name
        if not self.bill.by_call:
            self.billed.setdefault((day, model), Billed()).add(line)
            return
        if (line.calls or 1) > 1:
            what = f"line {line.number} stands for {line.calls} calls, while others are single calls with an id"
            raise UserError(what, hint="one file at a time, or `--column id=` if it is not the call's")
        self.spool.add_line(line, day, model)
        record(self.comparison, line, day, model)

    @property
    def bill_zone(self) -> str:
        """Moments have no days of their own: they go by ours."""
        return self.bill.zone if self.has_days else self.question.zone

    def span(self) -> Span:
        """What of our calls may belong to the days, in either zone."""
        zones = (self.question.zone, self.bill_zone)
        start = min(midnight(self.comparison.first, zone) for zone in zones)
        end = max(midnight(self.comparison.last + timedelta(days=1), zone) for zone in zones)
        margin = _MARGIN if self.bill.by_call else timedelta()
        return Span(start - margin, end + margin)

    def add_call(self, call: Logged) -> None:
        day = local_day(call.at_ms, self.question.zone)
        self.spool.add_call(call, day, local_day(call.at_ms, self.bill_zone))
        if self.comparison.within(day):
            cell = self.comparison.cell(day, call.model)
            cell.our_nano += call.nano
            cell.our_calls += 1
            cell.our_tokens = cell.our_tokens.plus(call.tokens)


def compare(
    question: Question, selected: Callable[[Span], Selection], tell: Callable[[int, int], None]
) -> tuple[Comparison, Bill]:
    """The comparison, and what is known of the bill. `selected` gives our calls of a span; `tell` takes bytes read.

    UserError for a file that is no bill, or when Elasticsearch can't be asked.
    """
    bill = Bill(question.bill_zone)
    comparison = Comparison(question.first or date.min, question.last or date.max)
    try:
        with spool() as kept:
            work = _Work(question, kept, bill, Models(question.rules), comparison)
            for line in read.lines(question.reading, bill, tell):
                work.add_line(line)
            _days(work)
            if bill.by_call:
                _by_call(work, selected)
            else:
                _by_sums(work, selected)
    except sqlite3.Error as error:
        raise UserError(f"the lines can't be sorted: {error}", hint="is there room in the temporary folder?") from None
    comparison.close()
    return comparison, bill


def _days(work: _Work) -> None:
    """The days that are compared, where no options name them: all days of the bill."""
    comparison = work.comparison
    if work.first > work.last:
        where = ", ".join(str(path) for path in work.question.reading.files)
        raise UserError("none of its lines can be read", where=where, hint="\n".join(work.bill.shown))
    if work.has_days and work.bill.zone != work.question.zone:
        comparison.zones = (work.bill.zone, work.question.zone)
    if work.question.first is None:
        comparison.first = min(work.first, comparison.last)
    if work.question.last is None:
        comparison.last = max(work.last, comparison.first)


def _by_call(work: _Work, selected: Callable[[Span], Selection]) -> None:
    for call in documents.calls(selected(work.span()), work.models, own_ids=True):
        work.add_call(call)
    work.spool.finish()
    Calls(work.comparison, work.bill, work.models, work.spool).compare()


def _by_sums(work: _Work, selected: Callable[[Span], Selection]) -> None:
    question = work.question
    sums = Sums(work.comparison, work.bill, work.models, work.bill_zone, question.zone, work.billed)
    for call in documents.calls(selected(work.span()), work.models, own_ids=False):
        sums.add_call(call, repeated=bool(call.response_id) and not work.spool.is_new(call.response_id))
    sums.compare()
