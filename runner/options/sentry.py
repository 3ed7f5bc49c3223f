"""The options of `sentry`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later
from generator.paths import STATE
from runner.report.arguments import add_arguments

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`sentry` and its options."""
    parser = sub.add_parser("sentry", help="send one event to Sentry for each new template of the errors index")
    add_arguments(parser)
    parser.add_argument("--dsn", default=os.environ.get("SENTRY_DSN"), help="of the Sentry project [SENTRY_DSN]")
    parser.add_argument("--days", type=int, default=7, metavar="N", help="errors of the last N days [%(default)s]")
    parser.add_argument(
        "--sent", type=Path, default=STATE / "sentry.ndjson", metavar="FILE", help="what was sent before [%(default)s]"
    )
    parser.add_argument("--every", type=int, metavar="MINUTES", help="repeat after this time, instead of once")
    parser.add_argument("--dry-run", action="store_true", help="print the events; send nothing")
    parser.set_defaults(func=later("runner.commands.sentry"))
