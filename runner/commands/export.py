"""`export`: calls as a file for other tools; as FOCUS for those of finance."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from generator import card as cards
from generator.errors import UserError
from generator.paths import PRICING
from runner.answers import focus, focus_files, periods
from runner.answers.reader import Selection
from runner.commands import progress
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.answers.reader import Tell


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("export", help="write usage and cost as a FOCUS file, which finance tools read")
    source.add_arguments(parser)
    parser.add_argument("period", metavar="PERIOD", help=periods.FORMS)
    parser.add_argument("--format", choices=("focus",), default="focus", help="[%(default)s] (FOCUS 1.2)")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=".csv or .parquet")
    parser.add_argument("--account", metavar="ID", help="BillingAccountId [the card's index_prefix]")
    parser.add_argument("--provider", metavar="NAME", default="HolySheep AI", help="who bills [%(default)s]")
    parser.add_argument("--at", metavar="TIME", help="the time from which PERIOD is seen, in ISO form [now]")
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Read the priced calls day by day, and write their sums."""
    writers = {".csv": focus_files.write_csv, ".parquet": focus_files.write_parquet}
    write = writers.get(args.out.suffix)
    if write is None:
        raise UserError(f"{args.out.name} is neither CSV nor Parquet", where="--out", hint="end it in .csv or .parquet")
    card = cards.load(PRICING)
    account = focus.Account(args.account or card.index_prefix, args.provider)
    with source.connect(args, choose.remembered()) as client, progress.shown("reading calls") as tell:
        now, _ = progress.now(args.at, source.Source(client, card.index_prefix))
        period = periods.parse(args.period, card.budgets.timezone, now)
        whole = Selection(client, card.index_prefix, periods.whole(period))
        unpriced = whole.narrowed({"term": {"holysheep.cost.status": "unpriced"}}).count()
        priced = whole.narrowed(focus.PRICED)
        count = priced.count()
        rows = write(focus.rows(replace(priced, tell=_of_all(tell, count)), period, account), args.out)
    if args.json:
        print(json.dumps({"file": str(args.out), "rows": rows, "calls": count, "unpriced_calls": unpriced}))
        return 0
    print(f"{args.out}: {rows:,} rows of {count:,} priced calls, {period} ({period.zone}), FOCUS {focus.VERSION}")
    if unpriced:
        Console(stderr=True, highlight=False).print(f"{unpriced:,} calls have no price and are not in the file")
    return 0


def _of_all(tell: Tell, total: int) -> Tell:
    """Progress of all days instead of one."""
    return lambda read, _: tell(read, total)
