"""The options of `evidence`."""

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
        "evidence", help="pack reports, seals, alerts and configuration of some days into one archive"
    )
    add_arguments(parser)
    add_days(parser, otherwise="needed, but for --check")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="[.state/evidence/evidence-FROM-TO.tar.gz]")
    parser.add_argument("--check", type=Path, metavar="FILE", help="check an archive; needs no Elasticsearch")
    add_folder(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.evidence"))
