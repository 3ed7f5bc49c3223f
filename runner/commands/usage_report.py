"""`report PERIOD`: usage and cost of a day, week, month or range, as table, JSON, CSV, Markdown, HTML or e-mail."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from generator import card as cards
from generator.errors import UserError
from generator.paths import PRICING
from runner.answers import mail, periods, report, report_sheets, sheets
from runner.answers.dimensions import DIMENSIONS
from runner.commands import progress, tables
from runner.commands.schedule import next_time, persist, wait_until
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from generator.card.model import Card
    from runner.answers.report import Report

FORMATS: Final = ("table", "json", "csv", "markdown", "html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that belong to a period."""
    parser.add_argument("period", nargs="?", metavar="PERIOD", help=f"{periods.FORMS}; without one: the HTML page")
    usage = parser.add_argument_group("with a PERIOD")
    usage.add_argument("--by", choices=tuple(DIMENSIONS), default="model", help="[%(default)s]")
    usage.add_argument("--top", type=int, default=20, metavar="N", help="rows; the others become one [%(default)s]")
    usage.add_argument("--format", choices=FORMATS, default="table", help="[%(default)s]; --json is --format json")
    usage.add_argument("--mail", action="store_true", help="send it; HOLYSHEEP_SMTP_…: docs/report.md")
    usage.add_argument("--daily-at", metavar="HH:MM", help="with --mail: every day at that time, in the budgets' zone")


def run(args: argparse.Namespace) -> int:
    """One report, or one every day."""
    if not 0 < args.top <= periods.MOST_GROUPS:
        raise UserError(f"{args.top} rows can't be shown", where="--top", hint=f"1 to {periods.MOST_GROUPS}")
    card = cards.load(PRICING)
    if args.daily_at:
        return _daily(args, card)
    server = mail.settings(os.environ) if args.mail else None
    found = _read(args, card)
    if server:
        _send(server, found)
        return 0
    text = _text(found, "json" if args.json else args.format)
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(text or _text(found, "markdown"), encoding="utf-8", newline="")
        print(args.out)
    elif text:
        sys.stdout.write(text)
    else:
        tables.show(report_sheets.sheets(found))
    return 0


def _read(args: argparse.Namespace, card: Card) -> Report:
    zone = card.budgets.timezone
    with source.connect(args, choose.remembered()) as client, progress.shown("reading calls") as tell:
        now, _ = progress.now(args.at, source.Source(client, card.index_prefix))
        question = report.Question(periods.parse(args.period, zone, now), args.by, args.top, now)
        return report.read(client, card, question, tell)


def _text(found: Report, kind: str) -> str:
    """The report as a file; empty for `table`, which is drawn."""
    if kind == "json":
        return json.dumps(report.as_json(found), indent=2, ensure_ascii=False) + "\n"
    if kind == "csv":
        return report_sheets.csv(found)
    if kind in ("markdown", "html"):
        write = sheets.markdown if kind == "markdown" else sheets.html
        return write(report_sheets.title(found), report_sheets.sheets(found))
    return ""


def _send(server: mail.Server, found: Report) -> str:
    """Nothing: what goes wrong is a UserError."""
    title, tables = report_sheets.title(found), report_sheets.sheets(found)
    cost = report_sheets.money(found.usage.all.now.sums["cost_nano"])
    letter = mail.message(server, f"{title}: {cost}", sheets.plain(title, tables), sheets.html(title, tables))
    mail.send(server, letter)
    print(f"{title}: sent to {', '.join(server.to)}", flush=True)
    return ""


def _daily(args: argparse.Namespace, card: Card) -> int:
    """Never returns by itself. A failure is told and tried again; the next day's report comes all the same."""
    if not args.mail:
        raise UserError("goes with --mail", where="--daily-at", hint="for a file every day use cron: docs/report.md")
    mail.settings(os.environ)
    zone = ZoneInfo(card.budgets.timezone)
    while True:
        moment = next_time(args.daily_at, datetime.now(zone))
        print(f"next report: {moment:%Y-%m-%d %H:%M %Z}", flush=True)
        wait_until(moment)
        persist(lambda: _send(mail.settings(os.environ), _read(args, cards.load(PRICING))))
