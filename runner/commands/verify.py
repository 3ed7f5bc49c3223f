"""`verify`: compares the documents with their seals, and checks the chain of the seals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from generator import card as cards
from generator.errors import UserError
from generator.paths import PRICING
from runner.answers.sheets import Sheet
from runner.cluster import changes
from runner.commands import progress, sealing, tables, verify_proof
from runner.compliance.seals.folder import Folder
from runner.compliance.seals.indices import KINDS
from runner.compliance.seals.verify import ALARMS, Checked, Scope, Verifier
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from generator.card.model import Card
    from runner.compliance.seals.chain import Flaw
    from runner.compliance.seals.compare import Difference
    from runner.compliance.seals.record import Seal

#: Documents of one outcome and index that the table names; `--json` names all.
_PRINTED: Final = 50


@dataclass
class Outcome:
    """Everything that `verify` says."""

    seals: list[Seal]
    flaws: list[Flaw]
    checked: list[Checked] = field(default_factory=list)
    differences: list[tuple[str, Difference]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def alarm(self) -> bool:
        """Whether something is wrong."""
        return bool(self.flaws) or any(item.state in ALARMS for item in self.checked)

    def as_json(self) -> dict[str, Any]:
        """For `--json`, and for the evidence."""
        return {
            "whole": not self.alarm,
            "seals": {"count": self.seals[-1].number if self.seals else 0, "head": _head(self.seals)},
            "chain": [sealing.flaw(item) for item in self.flaws],
            "indices": [_index(item) for item in self.checked],
            "documents": [sealing.difference(index, item) for index, item in self.differences],
            "notes": self.notes,
        }


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when everything is as sealed or lawfully changed, 1 when not."""
    if args.first and args.last and args.first > args.last:
        raise UserError(f"{args.first} is after {args.last}", where="--from", hint="write the earlier day first")
    if args.proof:
        return verify_proof.check(args)
    if args.out and not args.id:
        raise UserError("goes with --id", where="--out", hint="write the `_id` of a document")
    runtime = choose.remembered()
    card = cards.load(PRICING)
    with source.connect(args, runtime, "reader") as es, progress.shown("reading documents") as tell:
        scope = Scope(args.first, args.last, kept_from(card))
        verifier = Verifier(es, card.index_prefix, Folder(args.folder), sealing.keys(runtime), scope, tell)
        if args.id:
            return verify_proof.single(args, verifier)
        outcome = examine(verifier, args)
    if args.json:
        print(json.dumps(outcome.as_json(), indent=2, ensure_ascii=False))
    else:
        _print(outcome)
    return int(outcome.alarm)


def kept_from(card: Card) -> dict[str, date]:
    """Kind → the day before which its indices are deleted when their retention is over."""
    today = datetime.now(UTC).date()
    return {kind: today - timedelta(days=card.retention_days.of(kind)) for kind in KINDS}


def examine(verifier: Verifier, args: argparse.Namespace) -> Outcome:
    """Verify the chain and every index of the scope."""
    outcome = Outcome(*verifier.chain(args.seals, args.count, args.head))
    missing = [name for name, ring in vars(verifier.keys).items() if not ring.keys]
    if "change" in missing and not verifier.es.count(index=f"{verifier.prefix}-{changes.INDEX}-*")["count"]:
        # The first command that changes a document makes this key.
        missing.remove("change")
    if missing:
        outcome.notes.append(f"HMACs were not checked for lack of their keys: {', '.join(missing)} (docs/seals.md)")
    held: list[Difference] = []
    for item in verifier.indices(outcome.seals):
        if isinstance(item, Checked):
            outcome.differences += [(item.index, difference) for difference in held]
            outcome.checked.append(item)
            held = []
        else:
            held.append(item)
    return outcome


def _head(seals: list[Seal]) -> str | None:
    return seals[-1].hash if seals else None


def _index(item: Checked) -> dict[str, Any]:
    return {
        "index": item.index,
        "seal": item.seal.number if item.seal else None,
        "is": item.state,
        "documents": item.documents,
        "counts": dict(item.counts),
        "lawful_runs": dict(item.runs),
        "accepted": (item.seal.accepted if item.seal else "") or None,
        "notes": item.notes,
    }


def _print(outcome: Outcome) -> None:
    out = Console(highlight=False, soft_wrap=True)
    rows = [_row(item) for item in outcome.checked]
    if rows:
        tables.show([Sheet("", ("index", "is", "seal", "documents", "since the seal"), rows, names=2)])
    for flaw in outcome.flaws:
        number = f"seal {flaw.number}: " if flaw.number else ""
        out.print(f"[red]CHAIN[/] {flaw.kind}", f"{number}{flaw.what} ({flaw.where})", markup=True)
    shown: dict[tuple[str, str], int] = {}
    for index, item in outcome.differences:
        if item.kind == "lawful":
            continue
        place = shown[index, item.kind] = shown.get((index, item.kind), 0) + 1
        if place <= _PRINTED:
            out.print(f"{item.kind:<9} {index}  {item.id}  {item.what}", markup=False)
        elif place == _PRINTED + 1:
            out.print(f"{item.kind:<9} {index}  … more; --json names all", markup=False)
    for checked in outcome.checked:
        for note in checked.notes:
            out.print(f"{checked.index}: {note}", markup=False)
    for note in outcome.notes:
        out.print(note, markup=False)
    out.print(sealing.head(outcome.seals), markup=False)
    out.print("[red]something is wrong, see above[/]" if outcome.alarm else "all is as sealed, or changed lawfully")


def _row(item: Checked) -> tuple[str, ...]:
    counts = [f"{number:,} {kind}" for kind, number in sorted(item.counts.items()) if kind != "lawful"]
    counts += [f"{number:,} by {run}" for run, number in sorted(item.runs.items())]
    if item.seal and item.seal.accepted:
        counts.append(f"accepted: {item.seal.accepted}")
    number = str(item.seal.number) if item.seal else "-"
    return (item.index, item.state, number, f"{item.documents:,}", ", ".join(counts))
