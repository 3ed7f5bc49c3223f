"""The options of `import-dashboards`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later
from runner.options import kibana

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("import-dashboards", help="import kibana/*.ndjson into a running Kibana")
    kibana.add_arguments(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace objects that a person changed in Kibana, too")
    parser.add_argument(
        "--lang", choices=("en", "ko"), default="en", help="language of titles and labels [%(default)s]"
    )
    parser.add_argument("--json", action="store_true", help="print the outcomes as JSON")
    parser.set_defaults(func=later("runner.commands.import_dashboards"))
