"""Compares a bill of single calls with our calls, one by one.

First by id: that of the answer, or the one that our log has. What is left on either side goes by model, day and tokens,
since a gateway may have ids that our logs never see. What is left then is in one place alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from runner.answers.reconcile.bill import Tokens, rounding
from runner.answers.reconcile.models import weigh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from runner.answers.reconcile.bill import Bill, Line
    from runner.answers.reconcile.comparison import Comparison
    from runner.answers.reconcile.models import Models
    from runner.answers.reconcile.spool import Spool, StoredCall, StoredLine

#: The cause of a pair by the state of our call, where that alone says it.
_BY_STATUS: Final = {"unpriced": "unpriced", "missing_usage": "missing_usage", "not_billed": "failed_calls"}


@dataclass
class Calls:
    """The comparison of what lies in the spool."""

    comparison: Comparison
    bill: Bill
    models: Models
    spool: Spool

    def compare(self) -> None:
        """Explain every line and every call. The sums of both sides are in the comparison already."""
        for cell in self.comparison.cells.values():
            # Each line is compared as nano-USD; what that cuts off is rounding.
            cell.add("rounding", cell.bill_nano - cell.lines_nano)
        self._by_id()
        for call in self.spool.repeated():
            self.spool.take(call, 2)
            self._alone("duplicate_calls", call)
        self._by_tokens()

    def _by_id(self) -> None:
        before = ""
        for line in self.spool.lines_by_id():
            if line.id == before:
                self._line_alone("duplicate_lines", line)
                continue
            before = line.id
            call = self.spool.call_of(line)
            if call is None:
                self.spool.leave(line)
            else:
                self.spool.take(call)
                self._pair(line, call)
        self.spool.leave_without_id()

    def _by_tokens(self) -> None:
        lines, calls = self.spool.rest()
        for line, call in _merged(lines, calls):
            if line and call:
                self._pair(line, call)
            elif call:
                self._alone("only_ours", call)
            elif line:
                self._line_alone("retries" if self.spool.retried(line) else "never_seen", line)

    def _line_alone(self, cause: str, line: StoredLine) -> None:
        if self.comparison.within(line.day):
            self.comparison.cell(line.day, line.model).add(cause, line.nano, 1)

    def _alone(self, cause: str, call: StoredCall) -> None:
        if self.comparison.within(call.day):
            self.comparison.cell(call.day, call.call.model).add(cause, -call.call.nano, 1)

    def _pair(self, line: StoredLine, call: StoredCall) -> None:
        """The same call on both sides."""
        our = call.call
        here, there = (call.day, our.model), (line.day, line.model)
        if here != there:
            cause = "time_zone" if call.day != line.day else "other_model"
            for (day, model), sign in ((here, -1), (there, 1)):
                if self.comparison.within(day):
                    self.comparison.cell(day, model).add(cause, sign * our.nano, 1)
        if not self.comparison.within(line.day):
            return
        cell = self.comparison.cell(line.day, line.model)
        difference = line.nano - our.nano
        if our.status in _BY_STATUS:
            if difference:
                cell.add(_BY_STATUS[our.status], difference, 1)
            return
        expected = self._expected(line, call)
        if expected != our.nano:
            cell.add("other_tokens", expected - our.nano, 1)
        price = line.nano - expected
        if abs(price) <= rounding(self.bill.places, 1) + 1:
            cell.add("rounding", price, 1 if price else 0)
            return
        cell.add("other_price", price, 1)
        self.comparison.another_price(line.model, line.tokens or our.tokens, line.nano, expected)

    def _expected(self, line: StoredLine, call: StoredCall) -> int:
        """What the line's tokens cost at what our call cost."""
        our = call.call
        if line.tokens is None:
            return our.nano
        weights = self.models.weights(our.model, our.at_ms, line.tells)
        theirs, own = weigh(line.tokens, weights), weigh(our.tokens, weights)
        return our.nano * theirs // own if own else our.nano


def record(comparison: Comparison, line: Line, day: date, model: str) -> None:
    """Add a line to the sums of its day."""
    if not comparison.within(day):
        return
    cell = comparison.cell(day, model)
    cell.bill_atto += line.atto or 0
    cell.bill_calls += 1
    cell.bill_tokens = cell.bill_tokens.plus(line.tokens or Tokens())
    cell.lines_nano += line.nano


def _merged(
    lines: Iterator[StoredLine], calls: Iterator[StoredCall]
) -> Iterator[tuple[StoredLine | None, StoredCall | None]]:
    """Lines and calls of the same model, day and tokens as pairs, the others alone. Both come in that order."""
    line, call = next(lines, None), next(calls, None)
    while line and call:
        first, second = _line_key(line), _call_key(call)
        if line.tokens is not None and first == second:
            yield line, call
            line, call = next(lines, None), next(calls, None)
        elif first <= second:
            yield line, None
            line = next(lines, None)
        else:
            yield None, call
            call = next(calls, None)
    yield from ((rest, None) for rest in chain([line] if line else [], lines))
    yield from ((None, rest) for rest in chain([call] if call else [], calls))


def _line_key(line: StoredLine) -> tuple[str, str, int, int]:
    tokens = line.tokens or Tokens()
    return line.model, line.day.isoformat(), tokens.all - tokens.output, tokens.output


def _call_key(call: StoredCall) -> tuple[str, str, int, int]:
    tokens = call.call.tokens
    return call.call.model, call.there.isoformat(), tokens.all - tokens.output, tokens.output
