"""`upgrade`: upgrades the Elastic Stack, with checks before and a comparison after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.console import Console

from generator import paths
from runner import findings
from runner.host.alone import alone
from runner.runtimes import choose
from runner.upgrade import run as upgrading
from runner.upgrade import steps

if TYPE_CHECKING:
    import argparse

Row = dict[str, Any]


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when the upgrade is done (or possible), 1 when a check or the comparison fails."""
    runtime = choose.used()
    target = args.version or runtime.newest_version()
    steps.parse(target)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    checked, before = upgrading.look(runtime, args, target)
    if args.check or findings.code(checked):
        return _print_checks(checked, args, console)
    if not args.json:
        findings.show(checked)
    if before["from"] == target:
        console.print("this version runs already")
        return 0
    console.print(f"{before['from']} → {target}; each service in turn", markup=False)
    with alone(paths.STATE, "upgrade"):
        done: Row = upgrading.do(runtime, before, lambda text: console.print(text, markup=False))
    if args.json:
        print(json.dumps({"checks": findings.as_json(checked), **done}, indent=2))
    else:
        _print(done)
    return int(bool(done["fewer"] or done["wrong"]))


def _print_checks(checked: list[findings.Finding], args: argparse.Namespace, console: Console) -> int:
    if args.json:
        print(json.dumps({"checks": findings.as_json(checked)}, indent=2))
    else:
        findings.show(checked)
    bad = findings.code(checked)
    console.print("nothing was changed: fix the wrong findings first" if bad else "the upgrade is possible")
    return bad


def _print(done: Row) -> None:
    out = Console(highlight=False, soft_wrap=True)
    out.print(f"Now: {', '.join(f'{name} {version}' for name, version in done['versions'].items())}", markup=False)
    for name, version in done["wrong"].items():
        out.print(f"[red]{name} reports version {version}, not {done['to']}[/]")
    before, after = sum(done["documents"].values()), sum(done["after"].values())
    out.print(f"Documents: {before:,} before, {after:,} after")
    for kind, missing in done["fewer"].items():
        out.print(f"[red]{kind}: {missing:,} fewer[/]; the lifecycle may have deleted a day: compare with the backup")
    out.print("Next: make status, then make backup: an older Elasticsearch can't read the data any more")
