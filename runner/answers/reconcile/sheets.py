"""A comparison for people and for machines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import formats
from runner.answers.reconcile.comparison import CAUSES, Cause, causes
from runner.answers.report import usd
from runner.answers.report_sheets import money
from runner.answers.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runner.answers.reconcile.bill import Bill
    from runner.answers.reconcile.comparison import Cell, Comparison

#: What --by takes.
BY: Final = ("model", "day")


@dataclass
class Line:
    """Cells of the same group as one."""

    name: tuple[str, ...]
    cells: list[Cell] = field(default_factory=list)

    def total(self, name: str) -> int:
        """The sum of a figure."""
        return sum(getattr(cell, name) for cell in self.cells)

    @property
    def causes(self) -> dict[str, Cause]:
        """Their causes together."""
        return causes(self.cells)

    @property
    def largest(self) -> str:
        """The cause that moves most money; empty when none moves any."""
        found = {name: abs(cause.nano) for name, cause in self.causes.items() if cause.nano}
        return max(found, key=lambda name: found[name], default="")


def lines(comparison: Comparison, by: Sequence[str]) -> list[Line]:
    """The groups, largest gap first; by day in the order of days."""
    groups: dict[tuple[str, ...], Line] = {}
    for cell in comparison.cells.values():
        if not (cell.bill_atto or cell.our_calls or cell.bill_calls or cell.causes):
            continue
        name = tuple(cell.model if column == "model" else cell.day.isoformat() for column in by)
        groups.setdefault(name, Line(name)).cells.append(cell)
    if "day" in by:
        return [groups[name] for name in sorted(groups, key=lambda name: (name[by.index("day")], name))]
    return sorted(groups.values(), key=lambda line: (-abs(line.total("gap")), line.name))


def whole(comparison: Comparison) -> Line:
    """Everything as one."""
    return Line(("all",), list(comparison.cells.values()))


def sheets(comparison: Comparison, bill: Bill, by: Sequence[str], files: str) -> list[Sheet]:
    """The gap by group, and the causes of all of it."""
    every = whole(comparison)
    heads = (*(column.capitalize() for column in by), "Mostly because", "Calls billed", "Calls here")
    rows = [_cells(line, line.name) for line in lines(comparison, by)]
    rows.append(_cells(every, ("all", *[""] * (len(by) - 1))))
    days = f"{comparison.first} to {comparison.last}"
    return [
        Sheet(
            f"{files} ({', '.join(bill.formats)}) and our logs, {days}",
            (*heads, "Billed", "Here", "Gap", "Gap %"),
            rows,
            len(by) + 1,
        ),
        Sheet(
            "Causes of the gap",
            ("Cause", "That is", "Calls", "USD"),
            [
                [name.replace("_", " "), CAUSES[name], f"{cause.count:,}" if cause.count else "", money(cause.nano)]
                for name, cause in every.causes.items()
            ],
            2,
            notes(comparison, bill),
        ),
    ]


def notes(comparison: Comparison, bill: Bill) -> list[str]:
    """Prices of the bill that are not ours, and what else a reader must know."""
    found = [f"{model}: {text}" for model, rates in sorted(comparison.rates.items()) if (text := rates.text())]
    if comparison.zones:
        bills, ours = comparison.zones
        found.append(
            f"The bill's days are taken as those of {bills} (--zone says otherwise), ours are those of {ours}: "
            "what lies between their midnights is under time zone; of several days together only at both ends."
        )
    if not bill.has_amounts:
        found.append("The files have no amounts: their tokens are taken at the card's plain prices, without tiers.")
    if not bill.by_call:
        found.append(
            "The lines are sums: the number of calls tells retries and unknown calls apart (docs/reconcile.md)."
        )
    return found


def as_json(comparison: Comparison, bill: Bill, by: Sequence[str]) -> dict[str, Any]:
    """For machines: integers in nano-USD, and USD as exact decimal texts. The causes of each line add up to its gap."""
    return {
        "from": comparison.first.isoformat(),
        "to": comparison.last.isoformat(),
        "formats": bill.formats,
        "matched_by": "call" if bill.by_call else "day and model",
        "lines": [dict(zip(by, line.name, strict=True)) | _json(line) for line in lines(comparison, by)],
        "total": _json(whole(comparison)),
        "prices": {
            model: _prices(rates.blended()) | {"text": rates.text()} for model, rates in comparison.rates.items()
        },
        "bill_lines": bill.lines,
        "unreadable_lines": bill.mistakes,
        "unreadable": bill.shown,
    }


def _prices(both: tuple[Any, Any] | None) -> dict[str, Any]:
    return {"billed_usd_per_mtok": float(both[0]), "our_usd_per_mtok": float(both[1])} if both else {}


def _cells(line: Line, name: Sequence[str]) -> list[str]:
    billed, gap = line.total("bill_nano"), line.total("gap")
    calls = line.total("bill_calls")
    part = formats.text(gap / billed if billed else None, "percent")
    figures = [f"{calls:,}" if calls else "", f"{line.total('our_calls'):,}"]
    return [
        *name,
        line.largest.replace("_", " "),
        *figures,
        money(billed),
        money(line.total("our_nano")),
        money(gap),
        part,
    ]


def _json(line: Line) -> dict[str, Any]:
    names = {"billed": "bill_nano", "ours": "our_nano", "gap": "gap"}
    sums = {name: line.total(figure) for name, figure in names.items()}
    tokens = {
        f"{side}_tokens": _tokens([getattr(cell, f"{figure}_tokens") for cell in line.cells])
        for side, figure in (("billed", "bill"), ("our", "our"))
    }
    return {
        "billed_calls": line.total("bill_calls"),
        "our_calls": line.total("our_calls"),
        **tokens,
        **{f"{name}_nano": nano for name, nano in sums.items()},
        **{f"{name}_usd": usd(nano) for name, nano in sums.items()},
        "causes": {
            name: {"nano": cause.nano, "usd": usd(cause.nano), "calls": cause.count}
            for name, cause in line.causes.items()
        },
    }


def _tokens(every: Sequence[Any]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for tokens in every:
        for kind, number in tokens._asdict().items():
            sums[kind] += number
    return dict(sums)
