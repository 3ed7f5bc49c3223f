"""`logs`: prints the logs of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Exit code 0. UserError when there is no log."""
    runtime = choose.last()
    for line in runtime.logs(args.lines, follow=args.follow):
        print(line, flush=args.follow)
    return 0
