"""A simulation for people and for machines, with everything that it assumes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from generator.dashboards import formats
from runner.answers.report import usd
from runner.answers.report_sheets import money
from runner.answers.sheets import Sheet

if TYPE_CHECKING:
    from runner.answers.periods import Period
    from runner.answers.simulate import Line, Plan, Simulation, Verdict


def sheet(found: Simulation, period: Period, card: str) -> Sheet:
    """The table, with the assumptions below it."""
    lines = [*found.lines, found.all]
    heads = ("Model", "Calls", "Moved", "Cost now", "Cost then", "Saved", "Saved %")
    return Sheet(
        f"{period}: {_what(found.plan, card)}",
        heads,
        [_cells(found, line) for line in lines],
        1,
        assumptions(found, card),
    )


def as_json(found: Simulation, period: Period, card: str) -> dict[str, Any]:
    """For machines: integers in nano-USD, and the cost in USD as exact decimal texts."""
    return {
        "period": str(period),
        "zone": period.zone,
        "to": found.plan.to,
        "context_window": found.plan.window,
        "card": card,
        "share": float(found.plan.share),
        "lines": [_json(found, line) for line in found.lines],
        "total": _json(found, found.all),
        "assumptions": assumptions(found, card),
    }


def assumptions(found: Simulation, card: str) -> list[str]:
    """What is assumed, and what was left out of the comparison."""
    plan, whole = found.plan, found.all
    notes = [
        "The same number of tokens, though each model cuts text in its own way; the same answers and retries.",
        f"Prices of {card}, "
        + ("of each call's own time" if plan.prices_at_ms is None else "of one moment for all calls")
        + "; tiers by the size of each prompt, cached tokens at the target's rates (its input rate where it has none).",
    ]
    if plan.share != 1:
        notes.append(f"Of the calls that may move {float(plan.share) * 100:g} % do: each counts by that part.")
    if plan.only:
        notes.append(f"Only calls of {', '.join(sorted(plan.only))} move.")
    if plan.keep_families:
        notes.append(f"Calls of {', '.join(sorted(plan.keep_families))} stay.")
    if plan.max_input is not None:
        notes.append(f"Calls with more than {plan.max_input:,} input tokens stay.")
    notes += _context(plan, whole)
    counted: dict[Verdict, str] = {
        "not_billed": "calls were not billed and would not be: failed without an answer, or answered by a cache",
        "no_price_now": "calls have no price now and are not compared",
        "no_price_then": "calls would have no price then and keep what they cost",
    }
    notes += [f"{whole.calls[verdict]:,} {text}." for verdict, text in counted.items() if whole.calls.get(verdict)]
    if whole.plain_tier:
        notes.append(f"{whole.plain_tier:,} calls have a service tier that the target lacks: taken at its plain price.")
    return notes


def _context(plan: Plan, whole: Line) -> list[str]:
    """Which calls the target's context does not hold, or that nobody looked."""
    if plan.to is None or plan.max_input is not None:
        return []
    if plan.window is None:
        return [f"The card has no context_window for {plan.to}: calls may move that do not fit (--max-input)."]
    if not whole.too_long:
        return []
    stay = f"{whole.too_long:,} call{'s stay' if whole.too_long > 1 else ' stays'}"
    return [f"{stay}: more tokens than the {plan.window:,} of {plan.to}'s context (--max-input sets another limit)."]


def _what(plan: Plan, card: str) -> str:
    return f"the same calls to {plan.to}" if plan.to else f"the same calls by {card}"


def _cells(found: Simulation, line: Line) -> list[str]:
    figures = found.figures(line)
    moved = line.calls.get("moved", 0)
    if figures.calls == line.calls.get("no_price_now", 0):
        return [line.model, f"{figures.calls:,}", "0", *[formats.NOTHING] * 4]
    costs = [money(figures.now), money(figures.then), money(figures.saved), formats.text(figures.part, "percent")]
    return [line.model, f"{figures.calls:,}", f"{moved:,}", *costs]


def _json(found: Simulation, line: Line) -> dict[str, Any]:
    figures = found.figures(line)
    return {
        **asdict(line),
        "all_calls": figures.calls,
        "now_nano": figures.now,
        "then_nano": figures.then,
        "saved_nano": figures.saved,
        "now_usd": usd(figures.now),
        "then_usd": usd(figures.then),
        "saved_usd": usd(figures.saved),
        "saved_part": figures.part,
    }
