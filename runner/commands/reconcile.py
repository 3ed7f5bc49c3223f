"""`reconcile`: compares a bill with our calls, and explains the gap; exit 1 when it is above the tolerance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console

from generator import card as cards
from generator.card.rules import price_part
from generator.errors import UserError
from generator.paths import PRICING
from runner.answers.reader import Selection
from runner.answers.reconcile import compare, sheets
from runner.answers.reconcile.layouts import NAMES
from runner.answers.reconcile.read import FORMATS, Reading
from runner.commands import progress, tables
from runner.options.values import add_days
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.answers.periods import Span

_NANO: Final = 10**9


@dataclass(frozen=True)
class Tolerance:
    """An amount in USD, or percent of the bill."""

    value: Fraction
    percent: bool

    def exceeded(self, gap: int, billed: int) -> bool:
        """Whether a gap is larger; both in nano-USD."""
        return abs(gap) > (self.value * abs(billed) / 100 if self.percent else self.value * _NANO)


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser(
        "reconcile", help="compare a bill with our calls and explain the gap; exit 1 above the tolerance"
    )
    source.add_arguments(parser)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="invoice or usage export; several are one bill"
    )
    parser.add_argument("--format", choices=FORMATS, default="auto", help="[%(default)s: by what is in the file]")
    add_days(parser, otherwise="the bill's", days="day")
    parser.add_argument(
        "--tolerance", default="1%", metavar="PERCENT|USD", help="such as 0.5%% of the bill or 2.50 [%(default)s]"
    )
    parser.add_argument("--by", default="model,day", metavar="model,day", help="rows of the table [%(default)s]")
    parser.add_argument(
        "--column", action="append", default=[], metavar="VALUE=NAME", help=f"which column has {', '.join(NAMES)}"
    )
    parser.add_argument("--cached-apart", action="store_true", help="cached tokens are beside the input tokens")
    parser.add_argument("--zone", default="UTC", help="time zone of the bill's days [%(default)s]")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0 within the tolerance, 1 above it, 2 when lines could not be read."""
    allowed, by = tolerance(args.tolerance), _by(args.by)
    card = cards.load(PRICING)
    if args.first and args.last and args.last < args.first:
        raise UserError(
            f"{args.last} is before {args.first}", where="--to", hint="--from names the first day, --to the last"
        )
    question = compare.Question(
        Reading(args.files, args.format, _columns(args.column), args.cached_apart),
        price_part(card),
        card.budgets.timezone,
        _zone(args.zone),
        args.first,
        args.last,
    )
    steps = ("reading the bill", "reading our calls")
    with source.connect(args, choose.remembered()) as client, progress.shown_each(*steps) as (read, calls):

        def selected(span: Span) -> Selection:
            return Selection(client, card.index_prefix, span, tell=calls)

        comparison, bill = compare.compare(question, selected, read)
    if args.json:
        print(json.dumps(sheets.as_json(comparison, bill, by), indent=2, ensure_ascii=False))
    else:
        tables.show(sheets.sheets(comparison, bill, by, ", ".join(path.name for path in args.files)))
    if bill.mistakes:
        _tell(bill.mistakes, bill.shown)
        return 2
    every = sheets.whole(comparison)
    return int(allowed.exceeded(every.total("gap"), every.total("bill_nano")))


def tolerance(text: str) -> Tolerance:
    """What a gap may be, from 1%, 0.50 or 0.50USD. UserError when it is neither."""
    number = text.strip().upper().removesuffix("%").removesuffix("USD").removeprefix("$").strip()
    try:
        value = Fraction(Decimal(number))
    except (InvalidOperation, ValueError, OverflowError):
        value = Fraction(-1)
    if value < 0:
        raise UserError(f"{text!r} is no tolerance", where="--tolerance", hint="write 0.5% or 2.50")
    return Tolerance(value, percent=text.strip().endswith("%"))


def _tell(mistakes: int, shown: list[str]) -> None:
    """Name the lines that could not be read."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    for line in shown:
        console.print(line)
    more = f", of which {len(shown)} are above" if mistakes > len(shown) else ""
    console.print(f"{mistakes:,} lines could not be read and are not in the comparison{more}")


def _by(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(","))
    if not found or set(found) - set(sheets.BY) or len(set(found)) < len(found):
        raise UserError(f"{text!r} is not known", where="--by", hint="write model, day or model,day")
    return found


def _columns(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        value, mark, name = pair.partition("=")
        if not mark or value not in NAMES:
            raise UserError(f"{pair!r} is no column", where="--column", hint=f"VALUE is one of {', '.join(NAMES)}")
        found[value] = name
    return found


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        raise UserError(f"{name!r} is no time zone", where="--zone", hint="write UTC or Asia/Seoul") from None
