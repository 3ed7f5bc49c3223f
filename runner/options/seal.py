"""The options of `seal`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.cli import later
from generator.paths import STATE
from runner.options.values import day
from runner.report.arguments import add_arguments

if TYPE_CHECKING:
    import argparse

FOLDER: Final = STATE / "seals"


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("seal", help="seal the closed days: a Merkle root and an HMAC for each index, in one chain")
    add_arguments(parser)
    parser.add_argument("--day", type=day, metavar="YYYY-MM-DD", help="that UTC day alone [all closed]")
    parser.add_argument(
        "--grace", type=float, default=6, metavar="HOURS", help="a day is closed so long after its end [%(default)g]"
    )
    parser.add_argument(
        "--accept", default="", metavar="REASON", help="seal what nothing explains, too; the reason stands in the seal"
    )
    add_folder(parser)
    parser.add_argument("--daily-at", metavar="HH:MM", help="every day at that time, in the budgets' zone; never ends")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.seal"))


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add the option `--folder`."""
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, metavar="FOLDER", help="seals.ndjson and lists of leaves [.state/seals]"
    )
