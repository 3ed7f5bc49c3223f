"""`import-dashboards`: imports kibana/*.ndjson into a running Kibana, and prints the outcome of each object."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.text import Text

from generator import card
from generator.dashboards import render, words
from generator.errors import UserError
from generator.paths import PRICING, ROOT
from generator.render.registry import FOLDER
from runner.commands import tables
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
    rows = [
        (outcome.type, outcome.title, Text(outcome.state, _COLORS[outcome.state]), outcome.reason)
        for outcome in outcomes
    ]
    tables.put(("object", "title", "outcome", "reason"), rows, names=4)
    counts = {state: sum(outcome.state == state for outcome in outcomes) for state in _COLORS}
    print(", ".join(f"{count} {state}" for state, count in counts.items() if count))
