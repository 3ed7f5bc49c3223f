"""`rollup`: keeps exact sums of calls by quarter of an hour and by day, for when the calls are gone."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from generator import card as cards
from generator.errors import UserError
from generator.paths import PRICING
from runner.answers.rollups import check, job, rollup_sheets
from runner.commands import progress, tables
from runner.commands.schedule import repeat
from runner.options.values import add_days
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.answers.sheets import Sheet

#: Minutes of a day: a longer wait is a matter for cron.
_MOST_MINUTES: Final = 24 * 60


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("rollup", help="keep exact sums of calls by quarter of an hour and by day, for years")
    source.add_arguments(parser)
    add_days(parser)
    parser.add_argument("--rebuild", action="store_true", help="add up these days anew, whatever was kept of them")
    parser.add_argument("--check", action="store_true", help="compare with the calls; exit 1 when something differs")
    parser.add_argument("--every", type=int, metavar="MINUTES", help="run again so often, until it is stopped")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0; with --check 1 when rollups and calls differ."""
    if args.rebuild and not (args.first and args.last):
        what = "sums of calls that are gone would be lost"
        raise UserError(what, where="--rebuild", hint="name the days with --from and --to")
    if args.every is not None:
        if not 0 < args.every <= _MOST_MINUTES or args.check:
            raise UserError("takes 1 to 1440 minutes, and no --check", where="--every", hint="write --every 15")
        repeat(args.every, lambda: _once(args))
    return _once(args)


def _once(args: argparse.Namespace) -> int:
    order = _order(args)
    with source.connect(args, None if args.url else choose.used(), "admin") as es:
        if args.check:
            with progress.shown("comparing days") as tell:
                checked = check.check(es, order, tell)
            _print(args, asdict(checked), rollup_sheets.of_check(checked))
            return int(bool(checked.differences))
        with progress.shown("adding up days") as tell:
            result = job.run(es, order, tell)
    _print(args, asdict(result), rollup_sheets.of_run(result))
    return 0


def _print(args: argparse.Namespace, record: dict[str, object], sheet: Sheet) -> None:
    if args.json:
        print(json.dumps(record, indent=2, ensure_ascii=False), flush=True)
    else:
        tables.show([sheet])


def _order(args: argparse.Namespace) -> job.Order:
    card = cards.load(PRICING)
    order = job.Order(
        card.index_prefix, card.budgets.timezone, card.retention_days.api, datetime.now(UTC), rebuild=args.rebuild
    )
    return order.between(args.first, args.last)
