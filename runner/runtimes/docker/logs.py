"""`logs` with Docker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.runtimes.docker import engine

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """The containers' output, each line with its service."""
    follow = ["--follow"] if args.follow else []
    return engine.run("logs", "--tail", str(args.lines), *follow)
