"""A plan as text for people, and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from runner.step import together, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.plan.whole import Plan, Target
    from runner.step import Step

Json = dict[str, Any]
COLOURS: Final = {
    "create": "green",
    "change": "yellow",
    "delete": "red",
    "keep": "magenta",
    "refuse": "bold red",
    "skip": "dim",
}


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
    for step, names in together(step for step in steps if step.action != "unchanged"):
        if step.action == "skip" and not step.differences:
            skipped["; ".join(step.notes)] += len(names)
        else:
            title, details = words(step, names)
            yield Text(f"  {title}", style=COLOURS[step.action])
            yield from (Text(f"      {line}") for line in details)
    for why, count in skipped.items():
        yield Text(f"  ? {why}" if count == 1 else f"  ? {count} files: {why}", style="dim")
    if unchanged := sum(step.action == "unchanged" for step in steps):
        yield Text(f"  = {unchanged} unchanged", style="dim")


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
