"""`down`: stops what `up` started; data stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import paths
from runner.host.alone import alone
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse


def run(_args: argparse.Namespace) -> int:
    """Exit code 0, also when nothing runs."""
    with alone(paths.STATE, "down"):
        print("stopped; the data is kept" if choose.last().stop(print) else "nothing was running")
    return 0
