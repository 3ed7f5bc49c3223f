"""`check`: names generated files that differ from what pricing.yaml and the registry render."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from generator import paths
from generator.commands.pricing import load_card
from generator.commands.table import table
from generator.render import render
from generator.render.check import compare

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """0 when every generated file is up to date, 1 when one is not."""
    files = render(load_card())
    findings = compare(files, args.out or paths.ROOT)
    if args.json:
        print(json.dumps({"files": len(files), "findings": [asdict(finding) for finding in findings]}, indent=2))
    elif findings:
        print(table([("file", "is"), *((finding.path, finding.what) for finding in findings)]))
        print(f"{len(findings)} of {len(files)} generated files need: make render")
    else:
        print(f"all {len(files)} generated files are up to date")
    return 1 if findings else 0
