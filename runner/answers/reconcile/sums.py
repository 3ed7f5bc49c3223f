"""Compares sums: a bill whose lines stand for many calls has no ids, so day, model and tokens must do.

Everything is kept as sums by day and model, so memory does not grow with the number of lines or calls. What follows
from the sums alone is exact. Where several causes share the same missing tokens (calls without usage, retries, unknown
calls), they are told apart by their number, as docs/reconcile.md says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from runner.answers.reconcile.bill import NO_TOKENS, Tells, Tokens, rounding
from runner.answers.reconcile.documents import local_day
from runner.answers.reconcile.models import weigh
from runner.answers.reconcile.values import ATTO_PER_NANO, rounded

if TYPE_CHECKING:
    from datetime import date

    from runner.answers.reconcile.bill import Bill, Line
    from runner.answers.reconcile.comparison import Cell, Comparison
    from runner.answers.reconcile.documents import Logged
    from runner.answers.reconcile.models import Models

Weights = tuple[int, int, int, int]


@dataclass
class Billed:
    """The lines of one day and model."""

    lines: int = 0
    atto: int = 0
    calls: int | None = None
    #: of lines with an amount, and of lines without: a usage export beside a cost export
    tokens: Tokens | None = None
    usage: Tokens | None = None
    tells: Tells = Tells.OUTPUT

    def add(self, line: Line) -> None:
        """Add a line."""
        self.lines += line.atto is not None
        self.atto += line.atto or 0
        if line.calls is not None:
            self.calls = (self.calls or 0) + line.calls
        if line.tokens is None:
            return
        # Output must be told apart by every line; cached tokens are, where one line has them.
        output = self.tells & line.tells & Tells.OUTPUT
        self.tells = ((self.tells | line.tells) & ~Tells.OUTPUT) | output
        if line.atto is None:
            self.usage = line.tokens.plus(self.usage or Tokens())
        else:
            self.tokens = line.tokens.plus(self.tokens or Tokens())

    @property
    def all_tokens(self) -> Tokens | None:
        """What both kinds of lines say of the tokens, counted once."""
        return self.usage if self.usage is not None else self.tokens


@dataclass
class Ours:
    """Our calls of one day and model; the repeated ones apart."""

    calls: int = 0
    nano: int = 0
    tokens: Tokens = NO_TOKENS
    unpriced: int = 0
    unpriced_tokens: Tokens = NO_TOKENS
    missing_usage: int = 0
    retries: int = 0
    #: what the retries cost if each cost as much as the attempt that we logged
    retry_nano: int = 0
    repeated: int = 0
    repeated_nano: int = 0

    def add(self, call: Logged, *, repeated: bool) -> None:
        """Add a call."""
        if repeated:
            self.repeated += 1
            self.repeated_nano += call.nano
            return
        self.calls += 1
        self.nano += call.nano
        self.retries += call.retries
        self.retry_nano += call.retries * call.nano
        if call.status == "unpriced":
            self.unpriced += 1
            self.unpriced_tokens = self.unpriced_tokens.plus(call.tokens)
        elif call.status == "missing_usage":
            self.missing_usage += 1
        elif call.status == "priced":
            self.tokens = self.tokens.plus(call.tokens)


@dataclass
class Sums:
    """The sums of both sides, in the days of the bill."""

    comparison: Comparison
    bill: Bill
    models: Models
    #: the zone of the days in the bill, and that of the budgets
    bill_zone: str
    zone: str
    billed: dict[tuple[date, str], Billed] = field(default_factory=dict)
    ours: dict[tuple[date, str], Ours] = field(default_factory=dict)

    def add_call(self, call: Logged, *, repeated: bool) -> None:
        """Add a call of ours: to its day here, and to its day in the bill."""
        here, there = local_day(call.at_ms, self.zone), local_day(call.at_ms, self.bill_zone)
        if self.comparison.within(here):
            cell = self.comparison.cell(here, call.model)
            cell.our_nano += call.nano
            cell.our_calls += 1
            cell.our_tokens = cell.our_tokens.plus(call.tokens)
        if self.comparison.within(there):
            key = (there, call.model)
            self.ours.setdefault(key, Ours()).add(call, repeated=repeated)
        if here != there:
            for day, sign in ((here, -1), (there, 1)):
                if self.comparison.within(day):
                    self.comparison.cell(day, call.model).add("time_zone", sign * call.nano, 1)

    def compare(self) -> None:
        """Explain the gap of every day and model."""
        for key in sorted(self.billed.keys() | self.ours.keys()):
            day, model = key
            if not self.comparison.within(day):
                continue
            billed, ours = self.billed.get(key, Billed()), self.ours.get(key, Ours())
            cell = self.comparison.cell(day, model)
            noon = int(datetime.combine(day, time(12), UTC).timestamp()) * 1000
            weights = self.models.weights(model, noon, billed.tells)
            tokens = billed.all_tokens
            if not self.bill.has_amounts and tokens:
                billed.atto = _at_our_price(tokens, weights, model, self.models) * ATTO_PER_NANO
            cell.bill_atto += billed.atto
            cell.bill_calls += billed.calls or 0
            cell.bill_tokens = cell.bill_tokens.plus(tokens or Tokens())
            _Explanation(self.comparison, cell, billed, ours, weights, self.bill.places).explain()


def _at_our_price(tokens: Tokens, weights: Weights, model: str, models: Models) -> int:
    """Nano-USD of a usage export, which has no amounts, by the card. Rates are pico-USD a token."""
    return weigh(tokens, weights) // 1000 if models.row(model).model else 0


@dataclass
class _Explanation:
    """Takes one cause after the other out of what the bill asks for."""

    comparison: Comparison
    cell: Cell
    billed: Billed
    ours: Ours
    weights: Weights
    places: int

    def explain(self) -> None:
        cell, ours = self.cell, self.ours
        asked = rounded(self.billed.atto, ATTO_PER_NANO)
        cell.add("duplicate_calls", -ours.repeated_nano, ours.repeated)
        if not ours.calls:
            cell.add("never_seen", asked, self.billed.calls or 0)
        elif not self.billed.lines and not self.billed.all_tokens:
            cell.add("only_ours", -ours.nano, ours.calls)
        elif self.billed.all_tokens is None:
            self._without_tokens(asked)
        else:
            self._with_tokens(asked, self.billed.all_tokens)

    def _without_tokens(self, asked: int) -> None:
        """Only money is known: whole cells of unpriced calls, and rounding. The rest stays unexplained."""
        ours = self.ours
        if not ours.nano and ours.unpriced + ours.missing_usage == ours.calls:
            name = "unpriced" if ours.unpriced else "missing_usage"
            self.cell.add(name, asked, ours.calls)
        elif abs(asked - ours.nano) <= self._bound():
            self.cell.add("rounding", asked - ours.nano)

    def _with_tokens(self, asked: int, tokens: Tokens) -> None:
        ours = self.ours
        theirs, own = weigh(tokens, self.weights), weigh(ours.tokens, self.weights)
        without_price = min(weigh(ours.unpriced_tokens, self.weights), theirs)
        # Calls without a price of ours cost what the bill takes for tokens on that day.
        unpriced = asked * without_price // theirs if theirs else 0
        if ours.unpriced:
            self.cell.add("unpriced", unpriced, ours.unpriced)
        else:
            unpriced = without_price = 0
        asked, theirs = asked - unpriced, theirs - without_price
        # What the bill's tokens would cost at what ours cost: the difference is tokens, the rest is price.
        expected = ours.nano * theirs // own if own else asked
        self._volume(expected - ours.nano)
        price = asked - expected
        if abs(price) <= self._bound():
            self.cell.add("rounding", price)
        else:
            self.cell.add("other_price", price, self.billed.calls or 0)
            priced = tokens.minus(ours.unpriced_tokens)
            self.comparison.another_price(self.cell.model, priced, asked, expected)

    def _volume(self, nano: int) -> None:
        """Tokens that only one side has."""
        cell, ours = self.cell, self.ours
        # How many calls more the bill has; None when it does not count them.
        more = None if self.billed.calls is None else self.billed.calls - ours.calls
        if nano <= 0:
            name = "only_ours" if more is None or more < 0 else "other_tokens"
            cell.add(name, nano, max(0, -(more or 0)))
            return
        left = nano
        if ours.missing_usage:
            others = max(0, more or 0)
            part = left * ours.missing_usage // (ours.missing_usage + others)
            cell.add("missing_usage", part, ours.missing_usage)
            left -= part
        if ours.retries and (more is None or more > 0):
            tried = ours.retries if more is None else min(more, ours.retries)
            part = min(left, ours.retry_nano * tried // ours.retries)
            cell.add("retries", part, tried)
            left -= part
            more = None if more is None else more - tried
        cell.add("never_seen" if more is None or more > 0 else "other_tokens", left, max(0, more or 0))

    def _bound(self) -> int:
        """How much rounding may do: that of every line, half a nano-USD for each of our calls, and the last cut."""
        return rounding(self.places, self.billed.lines) + self.ours.calls // 2 + 2
