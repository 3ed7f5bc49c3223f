"""`sentry`: forwards the errors index to Sentry, one event for each template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import card as cards
from generator.errors import UserError
from generator.paths import PRICING
from runner.commands.schedule import repeat
from runner.report import source
from runner.runtimes import choose
from runner.words import counted

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Exit code 0."""
    if not args.dsn and not args.dry_run:
        raise UserError("there is no DSN", where="--dsn", hint="set SENTRY_DSN, or use --dry-run")
    if args.days < 1 or (args.every is not None and args.every < 1):
        raise UserError("a time is at least 1", where="--days, --every", hint="write --days 7")
    if args.every:
        repeat(args.every, lambda: _forward(args))
    _forward(args)
    return 0


def _forward(args: argparse.Namespace) -> None:
    from runner.classify import sentry  # noqa: PLC0415  # Drain3 and the SDK are an extra

    with source.connect(args, None if args.url else choose.used()) as es:
        found = sentry.issues(es, cards.load(PRICING).index_prefix, args.days)
    new = sentry.unsent(found, args.sent)
    calls = sum(issue.calls for issue in found)
    since = counted(args.days, "day")
    print(f"{counted(calls, 'error')} of the last {since}, {counted(len(found), 'template')}, {len(new)} of them new")
    if args.dry_run:
        for issue in new:
            print(f"  {issue.category:<24} {issue.calls:>7}  {issue.template[:120]}")
        return
    if new:
        print(f"{counted(sentry.forward(new, args.dsn, args.sent), 'event')} sent")
