"""The records of a plan: what an object in a cluster needs in order to be as it is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Json = dict[str, Any]
#: `keep`: it differs, and stays as it is, such as a person's change. `skip`: it can't be written here, or not compared.
#: `refuse`: writing it would do harm, so that nothing at all is written.
Action = Literal["create", "change", "delete", "keep", "skip", "refuse", "unchanged"]
#: The actions that write.
WRITES: Final = ("create", "change", "delete")


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
