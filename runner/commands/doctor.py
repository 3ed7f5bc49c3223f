"""`doctor`: looks at the machine and says what is short, before anything is started."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.console import Console

from runner import findings
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.runtime import Runtime


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`doctor [--mode MODE] [--json]`."""
    parser = sub.add_parser("doctor", help="look at this machine: what is short, what to do; exit 1 when it matters")
    parser.add_argument(
        "--mode",
        choices=("auto", "docker", "embedded"),
        default="auto",
        help="which way of running to look at; default: the one that `up` used or would use",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0 when nothing stands in the way of `up`, else 1. Changes nothing."""
    runtime, why = (choose.of(args.mode), "asked for") if args.mode != "auto" else _usual()
    found = runtime.doctor()
    if args.json:
        print(json.dumps({"mode": runtime.mode, "why": why, "findings": findings.as_json(found)}, indent=2))
        return findings.code(found)
    console = Console(highlight=False)
    console.print(f"mode: {runtime.mode} ({why})", markup=False, soft_wrap=True)
    findings.show(found, console)
    bad = sum(one.state == "wrong" for one in found)
    console.print(f"{bad} to put right first" if bad else "nothing stands in the way of `make up`")
    return findings.code(found)


def _usual() -> tuple[Runtime, str]:
    before = choose.remembered()
    return (before, "as the last `up`") if before else choose.choose("auto")
