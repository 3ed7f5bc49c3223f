"""The options of `upgrade`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later
from runner.options.backup import add_repository
from runner.upgrade import BACKUP_HOURS

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`upgrade [VERSION] [--check] [--no-backup] [--json]`."""
    parser = sub.add_parser("upgrade", help="upgrade the Elastic Stack: check, upgrade each service, compare")
    parser.add_argument(
        "version", nargs="?", metavar="VERSION", help="all three numbers [the version of this checkout]"
    )
    parser.add_argument("--check", action="store_true", help="only check; exit 1 when the upgrade is not possible")
    parser.add_argument(
        "--no-backup", action="store_true", help="upgrade without a recent backup; the data can't be brought back then"
    )
    parser.add_argument(
        "--backup-hours",
        type=float,
        default=BACKUP_HOURS,
        metavar="N",
        help="how old the backup may be [%(default)s]",
    )
    add_repository(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.upgrade"))
