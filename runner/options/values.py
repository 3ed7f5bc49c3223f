"""Values of options that several commands take: days, and numbers with a least value."""

from __future__ import annotations

import argparse
import math
import re
from datetime import date


def day(text: str) -> date:
    """A day such as 2026-11-25."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, write 2026-11-25") from None


def add_days(parser: argparse.ArgumentParser, *, otherwise: str = "all", days: str = "UTC day") -> None:
    """Add the options `--from` and `--to`. `otherwise` tells in the help what holds without them."""
    for name, dest, text in (("--from", "first", f"first {days}"), ("--to", "last", f"last {days}, included")):
        parser.add_argument(name, dest=dest, type=day, metavar="YYYY-MM-DD", help=f"{text} [{otherwise}]")


def count(text: str) -> int:
    """A whole number from 1."""
    if not re.fullmatch("[0-9]{1,9}", text) or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 999,999,999")
    return int(text)


def seconds(text: str) -> float:
    """A time from 0 seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0")
    return value
