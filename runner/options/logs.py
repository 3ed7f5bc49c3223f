"""The options of `logs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later
from runner.options.values import count

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`logs [-n LINES] [--follow]`."""
    parser = sub.add_parser("logs", help="print the logs of the services")
    parser.add_argument(
        "-n", "--lines", type=count, default=100, metavar="N", help="number of last lines [%(default)s]"
    )
    parser.add_argument("-f", "--follow", action="store_true", help="print new lines as they come; end with Ctrl-C")
    parser.set_defaults(func=later("runner.commands.logs"))
