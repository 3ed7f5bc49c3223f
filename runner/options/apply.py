"""The options of `apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later
from runner.options import plan

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`apply [--yes]`, and the options of `plan`."""
    parser = sub.add_parser("apply", help=plan.APPLY)
    plan.add_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="write without asking; needed where nobody can answer")
    parser.set_defaults(func=later("runner.commands.apply"))
