"""The options of `export-dashboards`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later
from generator.paths import STATE
from runner.options import kibana

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser(
        "export-dashboards", help="export the dashboards from Kibana, and show what a person changed"
    )
    kibana.add_arguments(parser)
    parser.add_argument("--out", metavar="FOLDER", type=Path, default=STATE / "kibana-export", help="[%(default)s]")
    parser.add_argument("--write", action="store_true", help="write what the YAML can say into the dashboards' files")
    parser.add_argument("--json", action="store_true", help="print the differences as JSON")
    parser.set_defaults(func=later("runner.commands.export_dashboards"))
