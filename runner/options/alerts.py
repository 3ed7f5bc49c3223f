"""The options of `alerts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`alerts`, `alerts check` and `alerts test RULE`."""
    parser = sub.add_parser("alerts", help="list the alert rules, check them, or send one to try a channel")
    parser.add_argument("action", nargs="?", choices=["list", "check", "test"], default="list", help="default: list")
    parser.add_argument("rule", nargs="?", help="of `test`: the rule whose alert is sent")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(func=later("runner.commands.alerts"))
