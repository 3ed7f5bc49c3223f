"""The options of `down`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`down`."""
    sub.add_parser("down", help="stop what `up` started; data stays").set_defaults(func=later("runner.commands.down"))
