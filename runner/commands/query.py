"""`query`: lists the query library, or answers one of its questions as a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from generator import card as cards
from generator.paths import PRICING, ROOT
from runner.answers import periods, queries
from runner.answers.sheets import Sheet
from runner.commands import progress, tables
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

FOLDER: Final = ROOT / "queries"


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("query", help="answer a question of the query library; without a name, list them")
    source.add_arguments(parser)
    parser.add_argument("name", nargs="?", metavar="NAME", help="which query")
    parser.add_argument("period", nargs="?", metavar="PERIOD", help=f"[the last 30 days]; {periods.FORMS}")
    parser.add_argument("--at", metavar="TIME", help="the time from which PERIOD is seen, in ISO form [now]")
    parser.add_argument("--show", choices=("dsl", "esql"), help="print the query itself, and ask nobody")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """List, show or ask."""
    if not args.name:
        return _list(as_json=args.json)
    saved = queries.load(FOLDER, args.name)
    if args.show:
        print(saved.esql if args.show == "esql" else json.dumps(saved.body, indent=2), end="\n" * (args.show == "dsl"))
        return 0
    card = cards.load(PRICING)
    with source.connect(args, choose.remembered()) as client:
        span = None
        if args.period:
            now, _ = progress.now(args.at, source.Source(client, card.index_prefix))
            span = periods.whole(periods.parse(args.period, card.budgets.timezone, now))
        answer = queries.run(client, saved, span)
    if args.json:
        print(json.dumps(answer.rows, indent=2, ensure_ascii=False))
    else:
        tables.show([queries.sheet(saved, answer)])
    return 0


def _list(*, as_json: bool) -> int:
    known = queries.names(FOLDER)
    if as_json:
        print(json.dumps(known, indent=2, ensure_ascii=False))
    else:
        tables.show([Sheet("Queries", ("Name", "Question"), list(known.items()), names=2)])
    return 0
