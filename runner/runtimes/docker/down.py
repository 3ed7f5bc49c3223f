"""`down` with Docker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.runtimes.docker import engine

if TYPE_CHECKING:
    import argparse


def run(_args: argparse.Namespace) -> int:
    """Stop and remove the containers; volumes and secrets stay."""
    return engine.run("down", "--remove-orphans")
