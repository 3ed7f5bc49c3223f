"""The options of `up`."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli import later


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`up [--mode MODE] [--samples | --no-samples] [PATH…]`."""
    parser = sub.add_parser("up", help="start everything, apply templates, feed the samples; safe to repeat")
    parser.add_argument(
        "--mode",
        choices=("auto", "docker", "embedded"),
        default="auto",
        help="containers (docker), or local processes that need Java only (embedded); default: containers when a "
        "Docker engine answers",
    )
    parser.add_argument(
        "--samples",
        action=argparse.BooleanOptionalAction,
        help="feed the sample lines; default: yes, but not into an existing cluster",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="log files or folders to feed as well")
    parser.add_argument(
        "--again",
        action="store_true",
        help="feed all lines again, such as after an index was deleted; nothing is stored twice",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(func=later("runner.commands.up"))
