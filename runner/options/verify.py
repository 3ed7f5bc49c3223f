"""The options of `verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later
from runner.options.seal import add_folder
from runner.options.values import add_days
from runner.report.arguments import add_arguments

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser(
        "verify", help="name every document that was changed, removed or added since its day was sealed"
    )
    add_arguments(parser)
    add_days(parser)
    single = parser.add_argument_group("a single document")
    single.add_argument("--id", metavar="ID", help="check this document alone, by its `_id`")
    single.add_argument("--out", type=Path, metavar="FILE", help="with --id: write its proof, which needs nothing else")
    single.add_argument("--proof", type=Path, metavar="FILE", help="check such a file; needs no Elasticsearch")
    noted = parser.add_argument_group("what you know of the chain from elsewhere")
    noted.add_argument("--seals", type=Path, action="append", default=[], metavar="FILE", help="a copy of seals.ndjson")
    noted.add_argument("--count", type=int, metavar="N", help="there were so many seals")
    noted.add_argument("--head", metavar="HASH", help="this was the hash of the last seal")
    add_folder(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.verify"))
