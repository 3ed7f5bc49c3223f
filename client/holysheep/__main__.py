"""The command line: `python -m holysheep check`."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from typing import TYPE_CHECKING

from holysheep.check import findings
from holysheep.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    new_parser = argparse.ArgumentParser(prog="python -m holysheep", description="The holysheep logging client.")
    commands = new_parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the API key, the price card, and where lines go")
    check.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return new_parser


def main(argv: Sequence[str] | None = None) -> int:
    """0 where all is well, 1 where a check failed, 2 for wrong arguments or settings."""
    args = parser().parse_args(argv)
    # The table says it; the same as a warning would be noise.
    logging.getLogger("holysheep").addHandler(logging.NullHandler())
    logging.getLogger("holysheep").propagate = False
    try:
        problems = list(findings(Settings.read()))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps([each._asdict() for each in problems], indent=2))
    else:
        width = max(len(each.what) for each in problems)
        for each in problems:
            print(f"{each.result:<8} {each.what:<{width}}  {each.text}")
    return 1 if any(each.result == "failed" for each in problems) else 0


if __name__ == "__main__":
    sys.exit(main())
