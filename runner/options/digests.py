"""The options of `digests`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`digests [--json]`."""
    parser = sub.add_parser("digests", help="write compose/digests.yaml: every image of the stack by its digest")
    parser.add_argument("--json", action="store_true", help="print JSON; the file is written all the same")
    parser.set_defaults(func=later("runner.commands.digests"))
