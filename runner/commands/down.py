"""`down`: stops what `up` started; data stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse


def run(_args: argparse.Namespace) -> int:
    """Exit code 0, also when nothing runs."""
    runtime = choose.last()
    print("stopped; the data is kept" if runtime.stop(print) else "nothing was running")
    return 0
