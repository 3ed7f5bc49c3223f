"""`render`: writes every generated file from pricing.yaml and the registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator import paths
from generator.commands.pricing import load_card
from generator.render import render
from generator.render.write import write

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`render [--out DIR]`."""
    parser = sub.add_parser("render", help="render every generated file from pricing.yaml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write there; default: this checkout")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0; a mistake in pricing.yaml or the registry is a UserError, and nothing is written."""
    done = write(render(load_card()), args.out or paths.ROOT)
    for path in done.changed:
        print(f"wrote    {path}")
    for path in done.removed:
        print(f"removed  {path}")
    print(f"{len(done.changed)} written, {len(done.removed)} removed, {done.same} unchanged")
    return 0
