"""The options of `prices`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.cli import later

if TYPE_CHECKING:
    import argparse

SOURCES: Final = ("genai-prices", "litellm", "gateway")


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`prices import SOURCE` and `prices diff SOURCE`."""
    parser = sub.add_parser("prices", help="compare the price card with other price lists, or import from them")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    diff = actions.add_parser("diff", help="say where the card differs; exit 1 when it does")
    diff.add_argument(
        "--store", action="store_true", help="also keep what differs as documents, of which an alert is sent; for cron"
    )
    diff.set_defaults(func=later("runner.commands.prices", "run_diff"))
    take = actions.add_parser("import", help="print what differs as YAML to paste, or add it with --write")
    take.add_argument("--from", dest="start", metavar="DATE", help="from when the new prices hold; default today (UTC)")
    take.add_argument("--write", action="store_true", help="add the lines to pricing.yaml; nothing in it is changed")
    take.add_argument(
        "--all",
        action="store_true",
        help="every model of genai-prices, into pricing.imported.yaml; pricing.yaml is not touched, and wins by name",
    )
    take.add_argument(
        "--provider",
        action="append",
        default=[],
        metavar="NAME",
        help="with --all: only this provider's prices; of several, the first one's is what a plain name means",
    )
    take.set_defaults(func=later("runner.commands.prices", "run_import"))
    for action in (diff, take):
        action.add_argument("source", choices=SOURCES, nargs="?" if action is take else None, help="whose prices")
        action.add_argument("file", nargs="?", type=Path, help="LiteLLM's price file")
        action.add_argument(
            "--model",
            action="append",
            default=[],
            metavar="NAME",
            help="only this model, also one that is not in the card",
        )
        action.add_argument("--json", action="store_true", help="print JSON")
