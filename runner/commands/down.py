"""`down`: stop what `up` started; data stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.runtimes import choose as mode
from runner.runtimes.embedded import elasticsearch, place

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`down`."""
    sub.add_parser("down", help="stop what `up` started; data stays").set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0, also when nothing runs."""
    if mode.current() == "docker":
        return mode.stack("down", args)
    stop_embedded()
    return 0


def stop_embedded() -> None:
    """Stop the local Elasticsearch and say what was done."""
    layout = place.current()
    stopped = layout is not None and elasticsearch.stop(layout, print)
    print("Elasticsearch was stopped; its data is kept" if stopped else "nothing was running")
