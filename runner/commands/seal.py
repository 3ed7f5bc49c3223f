"""`seal`: seals the closed days, once or every day."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console

from generator import card as cards
from generator.paths import PRICING
from runner.cluster import changes
from runner.commands import progress, sealing
from runner.commands.schedule import next_time, persist, wait_until
from runner.compliance.seals import chain
from runner.compliance.seals.folder import Folder
from runner.compliance.seals.sealing import Order, Sealer
from runner.report import source
from runner.runtimes import choose
from runner.words import counted

if TYPE_CHECKING:
    import argparse

    from runner.compliance.seals.record import Seal
    from runner.compliance.seals.sealing import Result

#: Alarms of an index that are printed; `verify` names all.
_PRINTED = 20
_UNEXPLAINED = "a closed day holds what nothing explains; `holysheep-elk verify` names it"


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when every closed day is sealed, 1 when one holds what nothing explains."""
    if not args.daily_at:
        return _once(args)
    zone = ZoneInfo(cards.load(PRICING).budgets.timezone)
    while True:
        moment = next_time(args.daily_at, datetime.now(zone))
        print(f"next: {moment:%Y-%m-%d %H:%M} UTC", flush=True)
        wait_until(moment)
        persist(lambda: _UNEXPLAINED if _once(args) else "")


def _once(args: argparse.Namespace) -> int:
    prefix = cards.load(PRICING).index_prefix
    runtime = choose.remembered()
    folder = Folder(args.folder)
    order = Order(datetime.now(UTC), changes.person(), args.day, timedelta(hours=args.grace), args.accept)
    with source.connect(args, runtime, "admin") as es, progress.shown("reading documents") as tell:
        sealer = Sealer(es, prefix, folder, sealing.keys(runtime, make=True), order, tell)
        results = list(sealer.run())
    seals = chain.from_file(folder.chain).seals
    if args.json:
        print(json.dumps(_as_json(results, seals) | {"restored": sealer.restored}, indent=2))
    else:
        for number in sealer.restored:
            print(f"seal {number} was missing in the index and was written again from the file")
        _print(results, seals)
    return int(any(result.alarms for result in results))


def _as_json(results: list[Result], seals: list[Seal]) -> dict[str, Any]:
    return {
        "sealed": [result.seal.as_json() for result in results if result.seal],
        "not_sealed": [
            {
                "index": result.index,
                "documents": [sealing.difference(result.index, item) for item in result.alarms],
            }
            for result in results
            if result.alarms
        ],
        "count": seals[-1].number if seals else 0,
        "head": seals[-1].hash if seals else None,
    }


def _print(results: list[Result], seals: list[Seal]) -> None:
    out = Console(highlight=False, soft_wrap=True)
    for result in results:
        if seal := result.seal:
            since = f", since seal {seal.replaces}: {_since(seal)}" if seal.replaces else ""
            out.print(
                f"sealed      {seal.index}  {counted(seal.documents, 'document')}, seal {seal.number}{since}",
                markup=False,
            )
        elif result.alarms:
            out.print(f"[red]NOT SEALED[/]  {result.index}: nothing explains these differences")
            for item in result.alarms[:_PRINTED]:
                out.print(f"            {item.kind} {item.id}: {item.what}", markup=False)
            out.print("            `holysheep-elk verify` names all; docs/seals.md says what to do", markup=False)
    if not any(result.seal or result.alarms for result in results):
        out.print("nothing to seal: no closed day was written to since its seal")
    out.print(sealing.head(seals), markup=False)


def _since(seal: Seal) -> str:
    parts = [(seal.added, "added"), (seal.changed, "changed"), (seal.removed, "removed")]
    counted = ", ".join(f"{number:,} {word}" for number, word in parts if number)
    runs = f" by {', '.join(seal.runs)}" if seal.runs else ""
    return counted + runs + (f"; accepted: {seal.accepted}" if seal.accepted else "")
