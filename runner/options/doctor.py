"""The options of `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`doctor [--mode MODE] [--json]`."""
    parser = sub.add_parser(
        "doctor", help="check this machine: what is missing, what to do; exit 1 when `up` would fail"
    )
    parser.add_argument(
        "--mode",
        choices=("auto", "docker", "embedded"),
        default="auto",
        help="the mode to check; default: the one that `up` has used or would use",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.doctor"))
