"""A line of a bill, and what is known of the bill as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Final, NamedTuple

from runner.answers.reconcile.values import ATTO, ATTO_PER_NANO, rounded

if TYPE_CHECKING:
    from datetime import date

#: Mistakes that are kept with their words; the others are counted.
SHOWN_MISTAKES: Final = 20


class Tokens(NamedTuple):
    """Tokens by kind; none is part of another."""

    #: prompt tokens that were neither read from a cache nor written to one
    plain: int = 0
    cached: int = 0
    written: int = 0
    output: int = 0

    def plus(self, other: Tokens) -> Tokens:
        """The sum."""
        return Tokens(*(mine + more for mine, more in zip(self, other, strict=True)))

    def minus(self, other: Tokens) -> Tokens:
        """The difference."""
        return Tokens(*(mine - less for mine, less in zip(self, other, strict=True)))

    @property
    def all(self) -> int:
        """Their number."""
        return sum(self)


NO_TOKENS: Final = Tokens()


class Tells(IntFlag):
    """Which tokens a line tells apart. Cached or written ones that it does not tell apart are in its plain ones."""

    OUTPUT = 1
    CACHED = 2
    WRITTEN = 4


def rounding(places: int, lines: int) -> int:
    """Nano-USD by which amounts with so many decimals may differ from exact ones: half a unit of the last for each."""
    return lines * ATTO // (2 * int(10 ** min(places, 60))) // ATTO_PER_NANO


class Line(NamedTuple):
    """What a line of a bill says."""

    number: int
    #: a whole day of the bill's zone, or milliseconds since 1970
    at: date | int
    #: as the bill writes it; empty when it names none
    model: str = ""
    #: the call's id; empty when the line has none
    id: str = ""
    #: how many calls the line stands for; None when it does not say
    calls: int | None = None
    tokens: Tokens | None = None
    #: 10⁻¹⁸ USD; None when the line has no amount
    atto: int | None = None
    #: decimals of the amount as written
    places: int = 0
    tells: Tells = Tells.OUTPUT

    @property
    def nano(self) -> int:
        """The amount in nano-USD, rounded half to even; 0 without one."""
        return rounded(self.atto, ATTO_PER_NANO) if self.atto else 0


@dataclass
class Bill:
    """What the lines of all files have in common."""

    #: the time zone of its days
    zone: str
    formats: list[str] = field(default_factory=list)
    lines: int = 0
    #: decimals of the most exact amount: half a unit of the last is what rounding may do to a line
    places: int = 0
    has_amounts: bool = False
    #: lines are single calls with an id
    by_call: bool = False
    mistakes: int = 0
    #: file:line and what is wrong, of the first ones
    shown: list[str] = field(default_factory=list)

    def mistake(self, where: str, what: str) -> None:
        """Record a line that could not be read."""
        self.mistakes += 1
        if len(self.shown) < SHOWN_MISTAKES:
            self.shown.append(f"{where}: {what}")
