"""What was looked at and how it is: the one form for checks of a machine and of a cluster, and how people see it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

State = Literal["ok", "warning", "wrong"]
COLORS: Final[dict[State, str]] = {"ok": "green", "warning": "yellow", "wrong": "red"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `wrong` must be put right first, a `warning` may wait; `hint` says how."""

    about: str
    state: State
    what: str
    hint: str = ""


def better(about: str, what: str, *, well: bool, hint: str, otherwise: State = "wrong") -> Finding:
    """The finding that all is well, or the other with its hint."""
    return Finding(about, "ok", what) if well else Finding(about, otherwise, what, hint)


def code(found: Sequence[Finding]) -> int:
    """The exit code: 1 when something is wrong."""
    return int(any(one.state == "wrong" for one in found))


def as_json(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """For `--json`."""
    return [asdict(one) for one in found]


def show(found: Sequence[Finding], console: Console | None = None) -> None:
    """A table for people."""
    table = Table("", "state", "found", "what to do", box=None, pad_edge=False)
    for one in found:
        state = f"[{COLORS[one.state]}]{one.state}[/]"
        table.add_row(escape(one.about), state, escape(one.what), escape(one.hint))
    (console or Console(highlight=False)).print(table)
