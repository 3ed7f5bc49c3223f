"""The options of `status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`status [--json]`."""
    parser = sub.add_parser("status", help="print state, health and document counts; exit 1 when something is wrong")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.status"))
