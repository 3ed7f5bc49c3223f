"""`up`: start the bundle, as containers or embedded, and put the sample lines in."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from runner.runtimes import choose as mode
from runner.runtimes.embedded import up as embedded


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`up [--mode MODE] [--samples | --no-samples] [PATH…]`."""
    parser = sub.add_parser("up", help="start everything, apply it, feed the samples; safe to repeat")
    parser.add_argument(
        "--mode",
        choices=("auto", "docker", "embedded"),
        default="auto",
        help="containers, or local processes with Java alone; default: containers where a Docker engine answers",
    )
    parser.add_argument(
        "--samples",
        action=argparse.BooleanOptionalAction,
        help="feed the sample lines; default: yes, but never into an existing cluster",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="log files or folders to feed as well")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0 when all of it stands."""
    chosen, why = mode.choose(args.mode)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"mode: {chosen} ({escape(why)})")
    mode.check_free(chosen)
    mode.remember(chosen)
    return embedded.run(args) if chosen == "embedded" else mode.stack("up", args)
