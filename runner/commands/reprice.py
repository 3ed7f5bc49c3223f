"""`reprice`: after a price correction, costs the stored calls anew, in place."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from generator import card as cards
from generator.card import moments
from generator.card.rules import price_part, price_rules
from generator.errors import UserError
from generator.paths import PRICING
from holysheep.price import Matcher
from runner.answers import periods, reprice_sheets, reprice_state
from runner.answers.costed import Recoster
from runner.answers.reprice import Repricer, reprice, rewriter
from runner.answers.reprice_sheets import Answer
from runner.answers.stored import Store
from runner.cluster import rights
from runner.commands import progress, tables
from runner.lines.feed import rules_of
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

    from generator.card.model import Card
    from runner.answers.periods import Span
    from runner.answers.reader import Tell
    from runner.answers.reprice import Repricing
    from runner.answers.rewrite import Rewriter

#: Before the first and after the last time of any line.
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("reprice", help="cost stored calls anew after a price correction; --write changes them")
    source.add_arguments(parser)
    parser.add_argument("--from", dest="first", metavar="DAY", help="first day, or a time with zone [the first call]")
    parser.add_argument("--to", dest="last", metavar="DAY", help="last day, or the time before which [the last call]")
    parser.add_argument("--model", action="append", default=[], metavar="MODEL", help="calls of this model alone")
    parser.add_argument("--card", metavar="FILE", type=Path, default=PRICING, help="the corrected card [pricing.yaml]")
    parser.add_argument(
        "--changed-only", action="store_true", help="leave calls alone whose cost and price entry stay the same"
    )
    parser.add_argument("--write", action="store_true", help="change the documents; without it nothing is changed")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the record of the change")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0, or 1 when Elasticsearch refused documents."""
    own = cards.load(PRICING)
    card = own if args.card == PRICING else cards.load(args.card)
    span = span_of(args.first, args.last, own.budgets.timezone)
    recoster = Recoster(price_rules(card))
    models = frozenset(_id(name, own, card) for name in args.model)
    with _connect(args) as client, progress.shown("re-pricing calls") as tell:
        store = Store(client, own.index_prefix, span)
        if models:
            store = store.of_models(models, recoster.model)
        repricer = Repricer(recoster, own.budgets.timezone, args.changed_only)
        writer = None
        if args.write:
            rights.check(client, own.index_prefix, rights.CHANGE)
            reason = args.reason or f"re-priced by {args.card.name} ({recoster.version})"
            writer = rewriter(store, reprice_state.of(_request(args, store, models, recoster), reason), repricer)
        answer = Answer(_repriced(store, repricer, tell, writer), args.card.name, writer)
    if args.json:
        print(json.dumps(reprice_sheets.as_json(answer), indent=2, ensure_ascii=False))
    else:
        tables.show([reprice_sheets.sheet(answer)])
        _warn(recoster.version)
    return 1 if writer and writer.refused else 0


def span_of(first: str | None, last: str | None, zone: str) -> Span:
    """From the first day or moment to the end of the last day, or up to a moment. UserError for other texts."""
    start = _moment(first, "--from", zone, days=0) if first else _FIRST
    end = _moment(last, "--to", zone, days=1) if last else _LAST
    if end <= start:
        raise UserError(f"{last} is not after {first}", where="--to", hint="give the first day, then the last")
    return periods.Span(start, end)


def _moment(text: str, option: str, zone: str, *, days: int) -> datetime:
    """A moment; of a day alone its begin, `days` later, in the zone of the budgets."""
    try:
        return periods.midnight(date.fromisoformat(text) + timedelta(days=days), zone)
    except ValueError:
        pass
    try:
        return moments.read(text)
    except ValueError as error:
        raise UserError(str(error), where=option, hint=moments.HINT) from None


def _id(name: str, own: Card, card: Card) -> str:
    """Id of the model that a name means to either card. UserError when it means none."""
    for each in (card, own):
        if match := Matcher(price_part(each)).match(name):
            return str(match.model["id"])
    known = ", ".join(sorted({model.id for model in card.models}))
    raise UserError(f"no price for {name!r}", where="--model", hint=f"there are {known}")


def _request(args: argparse.Namespace, store: Store, models: frozenset[str], recoster: Recoster) -> dict[str, object]:
    """What makes two runs the same."""
    return {
        "prefix": store.prefix,
        "card": recoster.version,
        "from": periods.millis(store.span.start),
        "to": periods.millis(store.span.end),
        "models": sorted(models),
        "changed_only": args.changed_only,
        "cluster": args.url or "",
    }


def _repriced(store: Store, repricer: Repricer, tell: Tell, writer: Rewriter | None) -> Repricing:
    """The result. UserError says that the same command goes on where this one was broken off."""
    try:
        found = reprice(store, repricer, tell, writer)
    except UserError as error:
        if writer is None or not writer.state.number:
            raise
        # Elasticsearch may have carried out the request whose answer did not come.
        done = f"at least {writer.written:,} documents are changed; give the same command again, and it goes on"
        hint = f"{error.hint}; {done}" if error.hint else done
        raise UserError(error.what, where=error.where or "reprice", hint=hint) from None
    if writer:
        writer.state.end()
    return found


@contextmanager
def _connect(args: argparse.Namespace) -> Iterator[Elasticsearch]:
    """As a reader; to change documents with the right to do so. The cluster is that of the options, else ours."""
    if args.url or not args.write:
        with source.connect(args, choose.remembered()) as client:
            yield client
    else:
        with choose.used().elasticsearch("admin") as client:
            yield client


def _warn(version: str) -> None:
    """Tell of another card for new calls, and of runs that were broken off."""
    if rules_of()[0] != version:
        print(
            f"New calls are priced by another card ({rules_of()[0]}): put the correction into pricing.yaml, then "
            "`make render`. Logstash reads it by itself."
        )
    for path in sorted(reprice_state.FOLDER.glob("*.json")):
        print(f"{path}: another re-pricing was broken off; give its command again, or remove the file.")
