"""Looks at the machine before anything is started: what is short, and what to do about it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.findings import Finding
    from runner.runtimes.choose import Mode


def look(mode: Mode) -> list[Finding]:
    """Everything that matters for one way of running. Changes nothing."""
    # By name: each way imports what it drives, and only one is needed.
    found: list[Finding] = importlib.import_module(f"runner.runtimes.{mode}.doctor").look()
    return found
