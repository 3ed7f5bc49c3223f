"""The options of `sources`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`sources [--json]`."""
    parser = sub.add_parser(
        "sources",
        help="list the log sources, and how to feed each",
        description="Lists every log source: its name, the paths below the log folder that Filebeat reads, the keys "
        "by which its lines are detected, how to get such lines, and where their format is documented. "
        "docs/add-a-log-source.md explains how to add a source.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object for each source")
    parser.set_defaults(func=later("runner.commands.sources"))
