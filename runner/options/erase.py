"""The options of `erase`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`erase --user ID | --session ID [--yes] [--json]`."""
    parser = sub.add_parser("erase", help="count the documents of one person or session, and delete them with --yes")
    subject = parser.add_mutually_exclusive_group(required=True)
    subject.add_argument("--user", metavar="ID", help="user.id of the calls, as documents have it")
    subject.add_argument("--session", metavar="ID", help="session or conversation of the calls")
    parser.add_argument("--yes", action="store_true", help="delete; without it, only count")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.erase"))
