"""`logs`: the logs of what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`logs [-n LINES] [--follow]`."""
    parser = sub.add_parser("logs", help="the logs of what runs")
    parser.add_argument("-n", "--lines", type=int, default=100, metavar="N", help="how many of the last lines")
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what comes; end with Ctrl-C")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0; a UserError when there is no log."""
    runtime = choose.remembered() or choose.of("embedded")
    for line in runtime.logs(args.lines, follow=args.follow):
        print(line, flush=args.follow)
    return 0
