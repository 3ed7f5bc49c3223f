"""The records of a plan: what an object in a cluster needs in order to be as it is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json = dict[str, Any]
#: `keep`: it differs, and stays as it is, such as a person's change. `skip`: it can't be written here, or not compared.
#: `refuse`: writing it would do harm, so that nothing at all is written.
Action = Literal["create", "change", "delete", "keep", "skip", "refuse", "unchanged"]
#: The actions that write.
WRITES: Final = ("create", "change", "delete")

#: Action → its sign. An unchanged object is only counted.
SIGNS: Final[dict[Action, str]] = {
    "create": "+",
    "change": "~",
    "delete": "-",
    "keep": "!",
    "refuse": "x",
    "skip": "?",
}
#: Differences of one object that are shown; `--json` has all.
SHOWN: Final = 8
#: Characters of a value that are shown.
_MOST: Final = 90


@dataclass(frozen=True)
class Difference:
    """A place in which the object in the cluster differs from the rendered one; None is the absence of a value."""

    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Step:
    """What is to be done with one object."""

    action: Action
    #: The folder of the rendered file, or what the object is: `component_templates`, `indices`, `dashboard`, …
    kind: str
    name: str
    differences: tuple[Difference, ...] = ()
    #: From when the change holds, or why the object is kept, skipped or refused.
    notes: tuple[str, ...] = ()
    #: What is written; None where nothing is sent.
    body: Json | None = field(default=None, repr=False)

    def as_json(self) -> Json:
        """The step without its body."""
        changes = [{"path": one.path, "old": one.old, "new": one.new} for one in self.differences]
        return {
            "action": self.action,
            "kind": self.kind,
            "name": self.name,
            "differences": changes,
            "notes": list(self.notes),
        }


def writing(steps: list[Step]) -> list[Step]:
    """The steps that write."""
    return [step for step in steps if step.action in WRITES]


def refused(steps: list[Step]) -> list[Step]:
    """The steps because of which nothing may be written."""
    return [step for step in steps if step.action == "refuse"]


def together(steps: Iterable[Step]) -> Iterator[tuple[Step, list[str]]]:
    """Each step with the names of the objects to which the same is done for the same reason, in the order of the first.

    A new field is put into the index of every kind that is made a day: a person reads that once.
    """
    groups: dict[object, tuple[Step, list[str]]] = {}
    for step in steps:
        same = (step.differences, step.notes) if step.differences else step.name
        groups.setdefault((step.action, step.kind, same), (step, []))[1].append(step.name)
    yield from groups.values()


def words(step: Step, names: list[str]) -> tuple[str, list[str]]:
    """The line of a step of `together`, and the lines below it: what differs, and the notes."""
    title = f"{step.kind}/{names[0]}" if len(names) == 1 else f"{step.kind}: {', '.join(names)}"
    lines = [_difference(change) for change in step.differences[:SHOWN]]
    if (more := len(step.differences) - SHOWN) > 0:
        lines.append(f"… and {more} more: --json has all")
    return f"{SIGNS[step.action]} {title}", [*lines, *step.notes]


def _difference(change: Difference) -> str:
    return f"{change.path}: {_value(change.old)} → {_value(change.new)}"


def _value(text: str | None) -> str:
    if text is None:
        return "(none)"
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"
