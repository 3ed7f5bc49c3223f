"""`doctor`: checks whether the machine has what the bundle needs, before anything is started."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.console import Console

from runner import findings
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.runtime import Runtime


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when nothing prevents `up`, else 1. Changes nothing."""
    runtime, why = (choose.of(args.mode), "as requested") if args.mode != "auto" else _usual()
    checked = runtime.doctor()
    if args.json:
        print(json.dumps({"mode": runtime.mode, "why": why, "findings": findings.as_json(checked)}, indent=2))
        return findings.code(checked)
    console = Console(highlight=False)
    console.print(f"mode: {runtime.mode} ({why})", markup=False, soft_wrap=True)
    findings.show(checked, console)
    bad = sum(finding.state == "wrong" for finding in checked)
    console.print(f"fix {bad} findings first" if bad else "ready for `make up`")
    return findings.code(checked)


def _usual() -> tuple[Runtime, str]:
    before = choose.remembered()
    return (before, "as the last `up`") if before else choose.choose("auto")
