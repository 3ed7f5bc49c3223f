"""`logs`: the logs of what runs."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from generator.errors import UserError
from runner.runtimes import choose as mode
from runner.runtimes.embedded import place, reason

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`logs [-n LINES] [--follow]`."""
    parser = sub.add_parser("logs", help="the logs of what runs")
    parser.add_argument("-n", "--lines", type=int, default=100, metavar="N", help="how many of the last lines")
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what comes; end with Ctrl-C")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0; a UserError when there is no log."""
    if mode.current() == "docker":
        return mode.stack("logs", args)
    logs = [path for path in place.layout("").logs if path.is_file() and path.stat().st_size]
    if not logs:
        raise UserError("there are no logs yet", hint="start it with `make up`")
    for path in logs:
        print(f"== {path}")
        for line in reason.tail(path).splitlines()[-args.lines :]:
            print(line)
    if args.follow:
        _follow(logs[-1])
    return 0


def _follow(path: Path) -> None:
    file = path.open("rb")
    file.seek(0, 2)
    while True:
        if text := file.read().decode(errors="replace"):
            sys.stdout.write(text)
            sys.stdout.flush()
        elif path.is_file() and path.stat().st_size < file.tell():
            # Rotated: go on with its successor.
            file.close()
            file = path.open("rb")
        else:
            time.sleep(0.5)
