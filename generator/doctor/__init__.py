"""Looks at the machine before anything is started: what is short, and what to do about it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.findings import Finding
    from generator.mode import Mode


def look(mode: Mode) -> list[Finding]:
    """Everything that matters for one way of running. Changes nothing."""
    # By name: each way imports what it drives, and only one is needed.
    found: list[Finding] = importlib.import_module(f"generator.doctor.{mode}").look()
    return found
