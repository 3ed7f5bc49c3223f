"""The options of `clean`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`clean`."""
    sub.add_parser("clean", help="stop everything, and remove data and secrets of this checkout").set_defaults(
        func=later("runner.commands.clean")
    )
