"""The options of `render`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`render [--out DIR]`."""
    parser = sub.add_parser("render", help="render every generated file from pricing.yaml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write there; default: this checkout")
    parser.set_defaults(func=later("generator.commands.render"))
