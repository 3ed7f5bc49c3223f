"""`simulate`: what the same calls would have cost with another model or by another price card."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from generator import card as cards
from generator.card.moments import milliseconds
from generator.card.rules import price_part
from generator.commands.price import moment
from generator.errors import UserError
from generator.paths import PRICING
from holysheep.price import Matcher
from runner.answers import periods, simulate_sheets
from runner.answers.reader import Selection
from runner.answers.simulate import Plan, simulate
from runner.commands import progress, tables
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from generator.card.model import Card


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("simulate", help="work out what the same calls would have cost with another model or card")
    source.add_arguments(parser)
    parser.add_argument("period", metavar="PERIOD", help=periods.FORMS)
    parser.add_argument("--to", metavar="MODEL", help="the model that answers instead")
    parser.add_argument("--card", metavar="FILE", type=Path, default=PRICING, help="prices of this card [pricing.yaml]")
    parser.add_argument("--share", default="1", metavar="PART", help="part of the calls that move, such as 0.3 or 30%%")
    parser.add_argument("--only", action="append", default=[], metavar="MODEL", help="only calls of this model move")
    parser.add_argument("--keep-family", action="append", default=[], metavar="FAMILY", help="calls of it stay")
    parser.add_argument(
        "--max-input",
        type=int,
        metavar="TOKENS",
        help="longer prompts stay [what MODEL's context_window does not hold]",
    )
    parser.add_argument("--prices-of", metavar="DATE", help="by the prices of that day [of each call's own time]")
    parser.add_argument("--at", metavar="TIME", help="the time from which PERIOD is seen, in ISO form [now]")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Read the calls, price each anew, and print the sums."""
    own = cards.load(PRICING)
    card = own if args.card == PRICING else cards.load(args.card)
    if not args.to and args.card == PRICING and not args.prices_of:
        raise UserError("nothing would change", where="simulate", hint="give --to, --card or --prices-of")
    plan = plan_of(args, own, card)
    zone = own.budgets.timezone
    with source.connect(args, choose.remembered()) as client, progress.shown("pricing calls") as tell:
        now, _ = progress.now(args.at, source.Source(client, own.index_prefix))
        period = periods.parse(args.period, zone, now)
        found = simulate(Selection(client, own.index_prefix, periods.whole(period), tell=tell), plan)
    if args.json:
        print(json.dumps(simulate_sheets.as_json(found, period, args.card.name), indent=2, ensure_ascii=False))
    else:
        tables.show([simulate_sheets.sheet(found, period, args.card.name)])
    return 0


def plan_of(args: argparse.Namespace, own: Card, card: Card) -> Plan:
    """What the options assume. UserError for a model, a family or a part that there is not."""
    rules = price_part(card)
    to = _id(args.to, card, str(args.card)) if args.to else None
    families = {model.family for model in own.models} | {family.family for family in own.families}
    for family in args.keep_family:
        if family not in families:
            raise UserError(f"no model is of family {family!r}", where="--keep-family", hint=_one_of(families))
    if args.max_input is not None and args.max_input < 0:
        raise UserError(f"{args.max_input} is no number of tokens", where="--max-input", hint="write 64000")
    at = milliseconds(moment(args.prices_of, "--prices-of")) if args.prices_of else None
    only = frozenset(_id(name, own, "pricing.yaml") for name in args.only)
    window = next((model.context_window for model in card.models if model.id == to), None)
    return Plan(rules, to, part(args.share), only, frozenset(args.keep_family), args.max_input, at, window)


def part(text: str) -> Fraction:
    """A part of one: 0.3, 3/10 or 30%. UserError when it is none."""
    try:
        found = Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        found = Fraction(-1)
    if not 0 <= found <= 1:
        raise UserError(f"{text!r} is no part of the calls", where="--share", hint="write 0.3 or 30%")
    return found


def _id(name: str, card: Card, where: str) -> str:
    match = Matcher(price_part(card)).match(name)
    if match is None:
        raise UserError(f"no price for {name!r}", where=where, hint=_one_of({model.id for model in card.models}))
    return str(match.model["id"])


def _one_of(names: set[str]) -> str:
    return f"there are {', '.join(sorted(names))}"
