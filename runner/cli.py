"""The command line: one subcommand a module of `runner.commands`."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Modules of runner.commands, in the order in which `--help` lists them.
COMMANDS: tuple[str, ...] = (
    "render",
    "check",
    "price",
    "process",
    "sources",
    "prices",
    "doctor",
    "up",
    "down",
    "status",
    "logs",
    "clean",
    "backup",
    "restore",
    "upgrade",
    "digests",
    "import_dashboards",
    "export_dashboards",
    "report",
    "classify",
)


def build_parser() -> argparse.ArgumentParser:
    """The whole parser; separate from `main` so that tests and docs can ask it."""
    parser = argparse.ArgumentParser(
        prog="holysheep-elk", description="The ELK stack for an LLM gateway, rendered from pricing.yaml."
    )
    sub = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"runner.commands.{name}").add_parser(sub)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0 is success, 1 a finding (check, diff), 2 a mistake of the user's."""
    args = build_parser().parse_args(argv)
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As an exception, so that what was half started is ended before this process is.
        signal.signal(number, _end)
    try:
        code: int = args.func(args)
    except UserError as error:
        print(f"holysheep-elk: {error}" if not error.where else str(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone; the descriptor is replaced so that Python's own flush at exit is silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        # A read-only checkout, an unwritable home, a full disk: the file and the system's own words.
        name = str(error.filename or "").removesuffix(".part")
        print(f"{name or 'holysheep-elk'}: {error.strerror or error}", file=sys.stderr)
        return 2
    return code


def _end(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)
