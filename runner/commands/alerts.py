"""`alerts`: the alert rules as a table, their check by ElastAlert, and one alert to try a channel."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from generator import card as cards
from generator import paths
from generator.alerts import load
from generator.dashboards import settings
from generator.errors import UserError
from generator.render import registry
from runner.commands import tables
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse


@dataclass(frozen=True)
class Row:
    """A rule, for people."""

    rule: str
    severity: str
    title: str
    threshold: str
    repeat_minutes: int


def run(args: argparse.Namespace) -> int:
    """0; of `check` 1 when a rule is wrong, of `test` 1 when a channel did not take it."""
    known = rows()
    if args.action == "test" and args.rule not in [row.rule for row in known]:
        names = ", ".join(row.rule for row in known)
        raise UserError(f"there is no rule {args.rule!r}" if args.rule else "which rule?", hint=f"known are {names}")
    if args.action == "list":
        _list(known, as_json=args.json)
        return 0
    if args.action == "check":
        print(f"all {len(known)} rules name known fields, dashboards and figures")
    try:
        code, text = choose.used().alerts([args.action, *([args.rule] if args.rule else [])])
    except UserError as error:
        if args.action == "test":
            raise
        print(f"not checked by ElastAlert itself: {error}")
        return 0
    print(text, end="")
    return code


def rows() -> list[Row]:
    """Every rule, by name, with the figures of the price card."""
    values = settings.of(cards.load(paths.PRICING))
    return [
        Row(
            rule=one.name,
            severity=one.rule.severity,
            title=one.rule.title,
            threshold=one.rule.threshold.format(**load.figures(one.rule, values)),
            repeat_minutes=int(load.amount(one.rule.repeat, values)),
        )
        for one in load.load(registry.FOLDER, values)
    ]


def _list(known: list[Row], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(row) for row in known], indent=2, ensure_ascii=False))
        return
    rows = []
    for row in known:
        days, hours = divmod(row.repeat_minutes, 24 * 60)
        again = f"{hours / 60:g} h" if hours or not days else f"{days} d"
        rows.append((row.rule, row.severity, row.threshold, again))
    tables.put(("rule", "severity", "threshold", "again after"), rows, names=4)
    try:
        print(choose.used().alerts(["channels"])[1], end="")
    except UserError as error:
        print(f"channels: {error}")
