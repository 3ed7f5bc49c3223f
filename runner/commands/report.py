"""`report`: writes the dashboards as an HTML page, for people without Kibana; of a period, its usage and cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from generator import card
from generator.dashboards import render, words
from generator.paths import PRICING, STATE
from generator.render.registry import FOLDER
from runner.commands import progress, usage_report
from runner.report import page, source
from runner.report.shown import Reader
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser(
        "report", help="report usage and cost of a period; without one, write the dashboards as an HTML page"
    )
    source.add_arguments(parser)
    usage_report.add_arguments(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, help="[of the page: .state/report.html]")
    parser.add_argument(
        "--at", metavar="TIME", help="the report's time, in ISO form [now; for old data the newest event's time]"
    )
    parser.add_argument(
        "--lang", choices=("en", "ko"), default="en", help="language of titles and labels [%(default)s]"
    )
    parser.add_argument("--json", action="store_true", help="print the report, or the page's path and size, as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """The usage of a period; without one, read every panel from Elasticsearch and write the page."""
    if args.period:
        return usage_report.run(args)
    out = args.out or STATE / "report.html"
    boards = render.prepare(card.load(PRICING), FOLDER, words.load(args.lang))
    with source.connect(args, choose.remembered()) as client:
        read = source.Source(client, boards.settings.prefix)
        now, replayed = progress.now(args.at, read)
        text = page.html(Reader(boards, read.search, now, words.load_report(args.lang)), replayed=replayed)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    if args.json:
        print(json.dumps({"page": str(out), "at": now.isoformat(), "bytes": len(text.encode())}))
    else:
        local = now.astimezone(boards.settings.zone)
        print(f"{out} ({len(text.encode()) // 1024} KiB), as of {local:%Y-%m-%d %H:%M %Z}")
    return 0
