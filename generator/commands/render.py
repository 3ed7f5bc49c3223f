"""`render`: writes every generated file from pricing.yaml and the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import paths
from generator.commands.pricing import load_card
from generator.render import render
from generator.render.write import write

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """0; a mistake in pricing.yaml or the registry is a UserError, and nothing is written."""
    done = write(render(load_card()), args.out or paths.ROOT)
    for path in done.changed:
        print(f"wrote    {path}")
    for path in done.removed:
        print(f"removed  {path}")
    print(f"{len(done.changed)} written, {len(done.removed)} removed, {done.same} unchanged")
    return 0
