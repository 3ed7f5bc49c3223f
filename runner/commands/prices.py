"""`prices`: compares the price card with other price lists, and imports prices from them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from elasticsearch import helpers
from rich.console import Console
from rich.markup import escape

from generator import card as cards
from generator import paths
from generator.commands.price import moment
from generator.errors import UserError
from runner.commands import prices_all, tables
from runner.prices import drift
from runner.prices.compare import Row, compare
from runner.prices.gateway import Gateway
from runner.prices.genai import GenaiPrices
from runner.prices.litellm import LiteLLM
from runner.prices.paste import insert, yaml_text
from runner.runtimes import choose
from runner.words import counted

if TYPE_CHECKING:
    import argparse

    from runner.prices.quote import Source

_NEWS: Final = frozenset({"differs", "not in card", "no price yet"})


def run_diff(args: argparse.Namespace) -> int:
    """Exit code 0 when the prices are the same, else 1."""
    card = cards.load_hand_kept(paths.PRICING)
    rows = compare(card, _source(args), datetime.now(UTC), args.model)
    if args.store:
        _store(rows, args.source, card.index_prefix)
    if args.json:
        print(json.dumps([_as_json(row) for row in rows], indent=2, ensure_ascii=False))
    else:
        _print(rows, args.source)
    return 1 if any(row.verdict in _NEWS for row in rows) else 0


def _store(rows: list[Row], source: str, prefix: str) -> None:
    """Keep what differs in Elasticsearch. What this day's index has already stays as it is."""
    actions = drift.documents(rows, source, prefix, datetime.now(UTC))
    with choose.used().elasticsearch("admin") as es:
        # 409: another run of this day has stored it.
        for result in helpers.streaming_bulk(es, actions, raise_on_error=False):
            error = result[1]["create"].get("error")
            if error and result[1]["create"]["status"] != HTTPStatus.CONFLICT:
                raise UserError(f"Elasticsearch refused a document: {error}", where=source)


def run_import(args: argparse.Namespace) -> int:
    """Exit code 0, also when there is nothing to import."""
    if args.all:
        return prices_all.run(args)
    if args.source is None or args.provider:
        hint = "write `prices import genai-prices`, or --all for every model, with --provider for those of one provider"
        raise UserError("no source is given" if args.source is None else "--provider needs --all", hint=hint)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = moment(args.start, "--from") if args.start else today
    card = cards.load_hand_kept(paths.PRICING)
    rows = compare(card, _source(args), start, args.model)
    news = [row for row in rows if row.verdict in _NEWS]
    written = insert(paths.PRICING, news, start) if args.write else 0
    if args.json:
        print(json.dumps([{**_as_json(row), "written": args.write} for row in news], indent=2, ensure_ascii=False))
        return 0
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for row in rows:
        if row not in news:
            console.print(escape(f"{row.model}: {row.verdict}" + (f", {row.note}" if row.note else "")))
    if args.write:
        console.print(f"{counted(written, 'price')} added to {escape(str(paths.PRICING))}; next: make render")
    else:
        print(yaml_text(news, start, card), end="")
    return 0


def _source(args: argparse.Namespace) -> Source:
    if args.source == "litellm":
        if args.file is None:
            raise UserError("litellm needs a file", hint="give LiteLLM's model_prices_and_context_window.json")
        return LiteLLM(args.file)
    if args.file is not None:
        raise UserError(f"{args.source} takes no file", hint="leave it out")
    return Gateway() if args.source == "gateway" else GenaiPrices()


def _as_json(row: Row) -> dict[str, object]:
    differences = {field: {"ours": ours, "theirs": theirs} for field, ours, theirs in row.differences}
    theirs = row.quote.name if row.quote else None
    return {
        "model": row.model,
        "verdict": row.verdict,
        "as": theirs,
        "differences": differences,
        "note": row.note,
    }


def _print(rows: list[Row], source: str) -> None:
    found: list[tuple[str, ...]] = []
    for row in rows:
        first = (row.model, row.verdict, row.quote.name if row.quote else "")
        for number, (field, ours, theirs) in enumerate(row.differences):
            found.append((*(first if number == 0 else ("", "", "")), field, "", ours, theirs))
        if row.note or not row.differences:
            found.append((*(("", "", "") if row.differences else first), "", row.note or "", "", ""))
    heads = ("model", "verdict", f"in {source}", "field", "note", "our card", source)
    tables.put(heads, found, names=5, title="USD per million tokens")
