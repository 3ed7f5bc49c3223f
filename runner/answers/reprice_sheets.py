"""What a re-pricing changes, for people and for machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runner.answers.costed import WHY
from runner.answers.report import usd
from runner.answers.sheets import Sheet

if TYPE_CHECKING:
    from runner.answers.reprice import Line, Repricing
    from runner.answers.rewrite import Rewriter

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """The result of one command."""

    found: Repricing
    card: str
    #: None for a dry run
    writer: Rewriter | None


def sheet(answer: Answer) -> Sheet:
    """The calls whose cost changes, by day and model, with what else there is to say below it."""
    found = answer.found
    lines = sorted(found.lines.values(), key=lambda line: (line.day, -abs(line.difference), line.model))
    rows = [[str(line.day), line.model, *_cells(line)] for line in lines]
    if rows:
        rows.append(["all", "", *_cells(found.total)])
    heads = ("Day", "Model", "Calls", "Before (USD)", "After (USD)", "Difference")
    what = "re-priced" if answer.writer else "would be re-priced; nothing was changed"
    return Sheet(f"Calls whose cost changes by {answer.card} ({found.version}): {what}", heads, rows, 2, notes(answer))


def notes(answer: Answer) -> list[str]:
    """All but the table."""
    found, writer, whole = answer.found, answer.writer, answer.found.total
    changed = sum(found.changed.values())
    by_kind = ", ".join(f"{kind} {count:,}" for kind, count in found.changed.items())
    verb = "changed" if writer else "would be changed"
    told = [f"{sum(found.read.values()):,} documents read, {changed:,} {verb}" + (f": {by_kind}." if changed else ".")]
    if unchanged := found.changed.get("api", 0) - whole.calls:
        told.append(f"{unchanged:,} calls of them keep their cost: the price entry or the card's fingerprint changes.")
    if whole.newly_priced:
        told.append(f"{whole.newly_priced:,} calls had no cost and get one.")
    if whole.no_longer_priced:
        told.append(f"{whole.no_longer_priced:,} calls had a cost and lose it.")
    told += [
        f"{count:,} documents can't be told by another card and stay: {WHY[why]}." for why, count in found.kept.items()
    ]
    if writer and (writer.written or writer.state.resumed):
        told.append(
            f"run {writer.state.run.name}: {writer.written:,} documents written, {writer.state.number:,} records."
        )
    if writer and writer.refused:
        told.append(f"{writer.refused:,} documents were refused and stay as they are:")
        told += [f"  {item['index']}/{item['id']}: {item['reason']}" for item in writer.reasons]
    if found.rate:
        told.append(f"{found.rate:,} documents/s.")
    if not writer and changed:
        told.append("To change them, give the same command with --write.")
    return told


def as_json(answer: Answer) -> Json:
    """For machines: integers in nano-USD, and the same in USD as exact decimal texts."""
    found, writer = answer.found, answer.writer
    return {
        "card": answer.card,
        "version": found.version,
        "written": writer is not None,
        "run": writer.state.run.name if writer and writer.state.number else None,
        "resumed": bool(writer and writer.state.resumed),
        "read": found.read,
        "changed": found.changed,
        "kept": dict(found.kept),
        "documents_written": writer.written if writer else 0,
        "documents_refused": writer.refused if writer else 0,
        "refused": writer.reasons if writer else [],
        "lines": [{"day": str(line.day), **_json(line)} for line in sorted(found.lines.values(), key=_place)],
        "total": _json(found.total),
        "seconds": round(found.seconds, 3),
        "documents_per_s": found.rate,
    }


def _place(line: Line) -> tuple[str, str]:
    return str(line.day), line.model


def _cells(line: Line) -> list[str]:
    return [f"{line.calls:,}", usd(line.before), usd(line.after), usd(line.difference)]


def _json(line: Line) -> Json:
    nano = {"before": line.before, "after": line.after, "difference": line.difference}
    return {
        "model": line.model,
        "calls": line.calls,
        "newly_priced": line.newly_priced,
        "no_longer_priced": line.no_longer_priced,
        **{f"{name}_nano": amount for name, amount in nano.items()},
        **{f"{name}_usd": usd(amount) for name, amount in nano.items()},
    }
