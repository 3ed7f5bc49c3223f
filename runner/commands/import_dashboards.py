"""`import-dashboards`: imports kibana/*.ndjson into a running Kibana, and prints the outcome of each object."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from generator import card
from generator.dashboards import render, words
from generator.errors import UserError
from generator.paths import PRICING, ROOT
from generator.render.registry import FOLDER
from runner.commands.kibana import named
from runner.kibana import importer, timezone

if TYPE_CHECKING:
    import argparse

    from runner.kibana.importer import Outcome

_COLORS = {"created": "green", "updated": "cyan", "kept": "yellow", "failed": "red"}


def run(args: argparse.Namespace) -> int:
    """Wait for Kibana, import, and print the outcome of each object. Exit code 1 when an object failed."""
    files = sorted((ROOT / "kibana").glob("*.ndjson"))
    if not files:
        raise UserError("there is no .ndjson file in this folder", where=str(ROOT / "kibana"), hint="run `make render`")
    price_card = card.load(PRICING)
    texts = [path.read_text(encoding="utf-8") for path in files]
    if args.lang != "en":
        texts = list(render.files(price_card, FOLDER, words.load(args.lang)).values())
    saved_objects = importer.objects(texts)
    kibana = named(args)
    kibana.wait(args.wait, lambda line: print(line, file=sys.stderr))
    outcomes = importer.run(kibana, saved_objects, overwrite=args.overwrite)
    print(timezone.apply(kibana, price_card.budgets.timezone, overwrite=args.overwrite), file=sys.stderr)
    if args.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=2))
    else:
        _print(outcomes)
    return 1 if any(outcome.state == "failed" for outcome in outcomes) else 0


def _print(outcomes: list[Outcome]) -> None:
    table = Table("Object", "Title", "Outcome", "Reason", box=None, pad_edge=False)
    for outcome in outcomes:
        color = _COLORS[outcome.state]
        # Kibana's reasons contain brackets, which rich would read as markup.
        table.add_row(
            outcome.type, escape(outcome.title), f"[{color}]{outcome.state}[/{color}]", escape(outcome.reason)
        )
    console = Console()
    console.print(table)
    counts = {state: sum(outcome.state == state for outcome in outcomes) for state in _COLORS}
    console.print(", ".join(f"{count} {state}" for state, count in counts.items() if count))
