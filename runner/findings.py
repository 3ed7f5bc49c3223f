"""Findings: the results of checks of a machine or a cluster, as a table for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

State = Literal["ok", "warning", "wrong"]
COLORS: Final[dict[State, str]] = {"ok": "green", "warning": "yellow", "wrong": "red"}


@dataclass(frozen=True)
class Finding:
    """The result of a check. A `wrong` state must be fixed first, a `warning` may wait; `hint` says how to fix it."""

    about: str
    state: State
    what: str
    hint: str = ""


def better(about: str, what: str, *, well: bool, hint: str, otherwise: State = "wrong") -> Finding:
    """A finding with the state `ok` when `well`, else with the state `otherwise` and the hint."""
    return Finding(about, "ok", what) if well else Finding(about, otherwise, what, hint)


def code(findings: Sequence[Finding]) -> int:
    """The exit code: 1 when a finding is `wrong`."""
    return int(any(finding.state == "wrong" for finding in findings))


def as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The findings for `--json`."""
    return [asdict(finding) for finding in findings]


def show(findings: Sequence[Finding], console: Console | None = None) -> None:
    """Print the findings as a table."""
    table = Table("", "state", "found", "what to do", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for finding in findings:
        state = f"[{COLORS[finding.state]}]{finding.state}[/]"
        table.add_row(escape(finding.about), state, escape(finding.what), escape(finding.hint))
    (console or Console(highlight=False)).print(table)
