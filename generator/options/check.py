"""The options of `check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`check [--out DIR] [--json]`."""
    parser = sub.add_parser("check", help="name generated files that are missing, different or stray")
    parser.add_argument("--out", type=Path, metavar="DIR", help="look there; default: this checkout")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(func=later("generator.commands.check"))
