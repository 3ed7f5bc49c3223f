"""The options of `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later
from runner.backup import RENAME
from runner.options.backup import add_repository

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`restore NAME [--index PATTERN…] [--missing | --rename [PREFIX] | --replace] [--from FILE] [--json]`."""
    parser = sub.add_parser(
        "restore", help="restore a snapshot; existing indices are kept, unless you choose otherwise"
    )
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="the snapshot; `latest` is the newest; without a name, list them"
    )
    parser.add_argument(
        "--index", action="append", default=[], metavar="PATTERN", help="only matching indices; may be repeated"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--missing", action="store_true", help="restore only indices that do not exist")
    mode.add_argument(
        "--rename",
        nargs="?",
        const=RENAME,
        metavar="PREFIX",
        help=f"restore copies beside the existing indices, named PREFIX-… [{RENAME}]",
    )
    mode.add_argument(
        "--replace", action="store_true", help="replace existing indices; a snapshot of them is taken first"
    )
    parser.add_argument("--from", dest="copy", metavar="FILE", type=Path, help="a file that `backup --copy-to` wrote")
    add_repository(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.restore"))
