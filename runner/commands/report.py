"""`report`: writes the dashboards as an HTML page, for people without Kibana."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator import card
from generator.dashboards import render, words
from generator.errors import UserError
from generator.paths import PRICING, STATE
from generator.render.registry import FOLDER
from runner.report import page, source
from runner.report.shown import Reader
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

#: When the newest event is older than this, its time counts as the current time: the samples are from last year.
_FRESH: Final = timedelta(hours=24)


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("report", help="write the dashboards as one HTML page")
    source.add_arguments(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, default=STATE / "report.html", help="[%(default)s]")
    parser.add_argument(
        "--at", metavar="TIME", help="the report's time, in ISO form [now; for old data the newest event's time]"
    )
    parser.add_argument(
        "--lang", choices=("en", "ko"), default="en", help="language of titles and labels [%(default)s]"
    )
    parser.add_argument("--json", action="store_true", help="print the page's path and size as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Read every panel from Elasticsearch and write the page."""
    boards = render.prepare(card.load(PRICING), FOLDER, words.load(args.lang))
    with source.connect(args, choose.remembered()) as client:
        read = source.Source(client, boards.settings.prefix)
        now, replayed = _now(args.at, read)
        text = page.html(Reader(boards, read.search, now), replayed=replayed)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(text, encoding="utf-8")
    if args.json:
        print(json.dumps({"page": str(args.out), "at": now.isoformat(), "bytes": len(text.encode())}))
    else:
        local = now.astimezone(boards.settings.zone)
        print(f"{args.out} ({len(text.encode()) // 1024} KiB), as of {local:%Y-%m-%d %H:%M %Z}")
    return 0


def _now(at: str | None, read: source.Source) -> tuple[datetime, bool]:
    """(the report's time, whether that is the newest event's time)."""
    newest = read.newest()
    if at:
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            raise UserError(f"{at!r} is not a time", where="--at", hint="write 2025-05-14T12:00:00Z") from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), False
    now = datetime.now(UTC)
    if newest is None or now - newest < _FRESH:
        return now, False
    return newest + timedelta(milliseconds=1), True
