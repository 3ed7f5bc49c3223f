"""At which rates a bill charges: those of input and output where the figures tell them, else of all tokens together."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from runner.answers.reconcile.bill import Tokens

#: Figures from which two rates are worked out; more would only be more of the same.
KEPT: Final = 50
#: USD per million tokens are nano-USD a token, divided by a thousand.
_NANO_A_TOKEN: Final = 1000


@dataclass
class Rates:
    """Sums of tokens and nano-USD at the bill's price and at ours."""

    tokens: int = 0
    bill_nano: int = 0
    our_nano: int = 0
    kept: list[tuple[Tokens, int, int]] = field(default_factory=list)

    def add(self, tokens: Tokens, bill_nano: int, our_nano: int) -> None:
        """Add the same tokens at both prices."""
        self.tokens += tokens.all
        self.bill_nano += bill_nano
        self.our_nano += our_nano
        if len(self.kept) < KEPT:
            self.kept.append((tokens, bill_nano, our_nano))

    def by_kind(self) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]] | None:
        """USD per million input and output tokens, of the bill and of ours; None unless the figures agree on them."""
        plain = [(tokens, bill, ours) for tokens, bill, ours in self.kept if not (tokens.cached or tokens.written)]
        bill = _solved([(tokens.plain, tokens.output, nano) for tokens, nano, _ in plain])
        ours = _solved([(tokens.plain, tokens.output, nano) for tokens, _, nano in plain])
        return (bill, ours) if bill and ours else None

    def blended(self) -> tuple[Fraction, Fraction] | None:
        """USD per million tokens of all kinds, of the bill and of ours; None without tokens."""
        if not self.tokens:
            return None
        by = self.tokens * _NANO_A_TOKEN
        return Fraction(self.bill_nano, by), Fraction(self.our_nano, by)

    def text(self) -> str:
        """Both prices, for people; empty when they don't follow from the figures."""
        if found := self.by_kind():
            bill, ours = (f"{usd(pair[0])} in and {usd(pair[1])} out" for pair in found)
        elif both := self.blended():
            bill, ours = (usd(rate) for rate in both)
        else:
            return ""
        return f"{bill} in the bill, {ours} here (USD per million tokens)"


def usd(rate: Fraction) -> str:
    """A rate with at most four decimals and two at least."""
    whole, rest = f"{float(rate):.4f}".split(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def _solved(figures: list[tuple[int, int, int]]) -> tuple[Fraction, Fraction] | None:
    """Rates of input and output by which every figure costs what it costs, to a cent of a cent."""
    for number, (plain, output, nano) in enumerate(figures):
        for plain_2, output_2, nano_2 in figures[number + 1 :]:
            divisor = plain * output_2 - plain_2 * output
            if divisor:
                first = Fraction(nano * output_2 - nano_2 * output, divisor)
                second = Fraction(plain * nano_2 - plain_2 * nano, divisor)
                fits = all(abs(first * a + second * b - c) * 10_000 <= abs(c) + 10_000 for a, b, c in figures)
                return (first / 1000, second / 1000) if fits and first >= 0 and second >= 0 else None
    return None
