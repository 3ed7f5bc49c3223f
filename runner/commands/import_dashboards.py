"""`import-dashboards`: kibana/*.ndjson into a running Kibana, each object with what became of it."""

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
from runner.kibana import client, importer, timezone

if TYPE_CHECKING:
    import argparse

    from runner.kibana.importer import Outcome

_COLORS = {"created": "green", "updated": "cyan", "kept": "yellow", "failed": "red"}


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("import-dashboards", help="bring kibana/*.ndjson into a running Kibana")
    client.add_arguments(parser)
    parser.add_argument(
        "--overwrite", action="store_true", help="also what a person changed in Kibana since our import"
    )
    parser.add_argument(
        "--lang", choices=("en", "ko"), default="en", help="language of titles and labels [%(default)s]"
    )
    parser.add_argument("--json", action="store_true", help="print the outcomes as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Wait for Kibana, import with overwrite, report each object. 1 when one failed."""
    files = sorted((ROOT / "kibana").glob("*.ndjson"))
    if not files:
        raise UserError("holds no .ndjson file", where=str(ROOT / "kibana"), hint="run `make render`")
    owner = card.load(PRICING)
    texts = [path.read_text(encoding="utf-8") for path in files]
    if args.lang != "en":
        texts = list(render.files(owner, FOLDER, words.load(args.lang)).values())
    things = importer.objects(texts)
    kibana = client.from_arguments(args)
    kibana.wait(args.wait, lambda line: print(line, file=sys.stderr))
    outcomes = importer.run(kibana, things, overwrite=args.overwrite)
    print(timezone.apply(kibana, owner.budgets.timezone, overwrite=args.overwrite), file=sys.stderr)
    if args.json:
        print(json.dumps([asdict(one) for one in outcomes], indent=2))
    else:
        _print(outcomes)
    return 1 if any(one.state == "failed" for one in outcomes) else 0


def _print(outcomes: list[Outcome]) -> None:
    table = Table("Object", "Title", "Outcome", "Reason", box=None, pad_edge=False)
    for one in outcomes:
        color = _COLORS[one.state]
        # Kibana's reasons hold brackets, which rich would read as markup.
        table.add_row(one.type, escape(one.title), f"[{color}]{one.state}[/{color}]", escape(one.reason))
    console = Console()
    console.print(table)
    counts = {state: sum(one.state == state for one in outcomes) for state in _COLORS}
    console.print(", ".join(f"{count} {state}" for state, count in counts.items() if count))
