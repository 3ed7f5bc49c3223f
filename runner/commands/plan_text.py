"""A plan as text for people, and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.plan.whole import Plan, Target
    from runner.step import Difference, Step

Json = dict[str, Any]
#: Action → its sign and colour.
SIGNS: Final = {
    "create": ("+", "green"),
    "change": ("~", "yellow"),
    "delete": ("-", "red"),
    "keep": ("!", "magenta"),
    "refuse": ("x", "bold red"),
    "skip": ("?", "dim"),
}
#: Differences of one object that are shown; `--json` has all.
SHOWN: Final = 8
#: Characters of a value that are shown.
_MOST: Final = 90


def show(plan: Plan, target: Target) -> None:
    """Print the plan on standard output; in colour on a terminal only."""
    console = Console(highlight=False, soft_wrap=True)
    kibana = f"Kibana at {target.kibana.url}, space {target.kibana.space}" if target.kibana else "Kibana"
    parts = ((f"Elasticsearch at {target.runtime.url()}", plan.elasticsearch), (kibana, plan.kibana))
    for title, steps in (*parts, ("Alert rules", plan.alerts)):
        console.print(title, style="bold", markup=False)
        for line in lines(steps):
            console.print(line)
    console.print(summary(plan), markup=False)


def lines(steps: list[Step]) -> Iterator[Text]:
    """The lines of a part: what differs, what is skipped by its reason, and the number of unchanged objects."""
    skipped: Counter[str] = Counter()
    for step in steps:
        if step.action == "skip" and not step.differences:
            skipped["; ".join(step.notes)] += 1
        elif step.action != "unchanged":
            sign, colour = SIGNS[step.action]
            yield Text(f"  {sign} {step.kind}/{step.name}", style=colour)
            yield from (Text(f"      {line}") for line in _details(step))
    for why, count in skipped.items():
        yield Text(f"  ? {why}" if count == 1 else f"  ? {count} files: {why}", style="dim")
    if unchanged := sum(step.action == "unchanged" for step in steps):
        yield Text(f"  = {unchanged} unchanged", style="dim")


def _details(step: Step) -> Iterator[str]:
    for change in step.differences[:SHOWN]:
        yield _difference(change)
    if (more := len(step.differences) - SHOWN) > 0:
        yield f"… and {more} more: --json has all"
    yield from step.notes


def _difference(change: Difference) -> str:
    return f"{change.path}: {_value(change.old)} → {_value(change.new)}"


def _value(text: str | None) -> str:
    if text is None:
        return "(none)"
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def summary(plan: Plan) -> str:
    """The last line."""
    counts = plan.counts
    rest = f"{counts['keep']} kept, " if counts["keep"] else ""
    rest += f"{counts['refuse']} refused, " if counts["refuse"] else ""
    tail = f"{rest}{counts['unchanged']} unchanged"
    if not plan.to_do and not counts["refuse"]:
        return f"Nothing to do: {tail}"
    return f"Plan: {counts['create']} to create, {counts['change']} to change, {counts['delete']} to delete, {tail}"


def as_json(plan: Plan) -> Json:
    """The plan for machines; unchanged objects are counted only."""
    parts = {"elasticsearch": plan.elasticsearch, "kibana": plan.kibana, "alerts": plan.alerts}
    steps = {part: [step.as_json() for step in found if step.action != "unchanged"] for part, found in parts.items()}
    return {**steps, "counts": dict(plan.counts), "to_do": plan.to_do}
