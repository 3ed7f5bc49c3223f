"""The options of `backup`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later
from runner.backup import NAME

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`backup [--name NAME] [--list] [--copy-to DIR] [--json]`."""
    parser = sub.add_parser("backup", help="take a snapshot of all documents, or list the snapshots")
    parser.add_argument(
        "--name", metavar="NAME", help="name of the snapshot [the current time, such as 2026.11.21-073000-123, UTC]"
    )
    parser.add_argument("--list", action="store_true", help="list the snapshots instead of taking one")
    parser.add_argument(
        "--copy-to", metavar="DIR", type=Path, help="then write all snapshots to one file in DIR: NAME.tar"
    )
    add_repository(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.backup"))


def add_repository(parser: argparse.ArgumentParser) -> None:
    """`--repository NAME`."""
    parser.add_argument(
        "--repository",
        metavar="NAME",
        default=NAME,
        help="snapshot repository of Elasticsearch [%(default)s]",
    )
