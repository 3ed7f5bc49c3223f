"""The options of `erase`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, time

from generator.cli import later
from runner.options.values import day
from runner.report.arguments import add_arguments


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`erase --user ID | --session ID [--request] [--yes] [--keep-costs | --key-only]`, `--list`, `--close REQUEST`."""
    parser = sub.add_parser("erase", help="count the documents of one person or session, and delete them with --yes")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--user", metavar="ID", help="user.id of the calls, as documents have it")
    what.add_argument("--session", metavar="ID", help="session or conversation of the calls")
    what.add_argument(
        "--list", action="store_true", help="list the requests with their deadlines; exit 1 for a late one"
    )
    what.add_argument("--close", metavar="REQUEST", help="end a request that was withdrawn or refused; needs --note")
    parser.add_argument("--request", action="store_true", help="write the request into the register; delete nothing")
    parser.add_argument(
        "--asked",
        type=_past_day,
        metavar="YYYY-MM-DD",
        help="day on which the person asked; default: now. For --request",
    )
    parser.add_argument("--note", metavar="TEXT", help="why a request is closed; without the person's name")
    parser.add_argument("--yes", action="store_true", help="delete; without it, only count")
    parser.add_argument(
        "--keep-costs", action="store_true", help="keep figures of calls under a random name, and delete all else"
    )
    parser.add_argument(
        "--key-only",
        action="store_true",
        help="destroy the user's key and delete nothing: the documents are nobody's then (privacy.user_ids: hmac)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_arguments(parser, user="--login")
    parser.set_defaults(func=later("runner.commands.erase"))


def _past_day(text: str) -> datetime:
    moment = datetime.combine(day(text), time(), UTC)
    if moment > datetime.now(UTC):
        raise argparse.ArgumentTypeError(f"{text} is in the future")
    return moment
