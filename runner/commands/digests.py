"""`digests`: the images of the stack by digest, as an overlay for starts that are the same everywhere."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from generator.errors import UserError

if TYPE_CHECKING:
    import argparse

    from runner.runtimes.docker.digests import Pinned


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`digests [--json]`."""
    parser = sub.add_parser("digests", help="write compose/digests.yaml: every image of the stack by its digest")
    parser.add_argument("--json", action="store_true", help="print JSON; the file is written all the same")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0 when every image has one, 1 when some have none (the file has the others), and nothing is written for none."""
    from docker.errors import DockerException  # noqa: PLC0415  # only this command needs Docker

    from runner.runtimes.docker import digests, engine  # noqa: PLC0415  # as above

    try:
        engine.client()
    except DockerException as error:
        raise UserError(f"no Docker engine answers: {error}", hint="start it, or set DOCKER_HOST") from None
    overlays = engine.overlays()
    found = digests.every(engine.config(pinned=False)["services"])
    if any(one.digest for one in found):
        digests.FILE.write_text(digests.overlay(found, overlays), encoding="utf-8")
    if args.json:
        print(json.dumps({"file": str(digests.FILE), "images": [asdict(one) for one in found]}, indent=2))
    else:
        _print(found, str(digests.FILE))
    return int(not all(one.digest for one in found))


def _print(found: list[Pinned], file: str) -> None:
    table = Table("image", "for", "digest", "", box=None, pad_edge=False)
    for one in found:
        digest = one.digest or "[red]none[/]"
        table.add_row(escape(one.image), ", ".join(one.services), digest, escape(one.why))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table, soft_wrap=True)
    missing = sum(not one.digest for one in found)
    if missing == len(found):
        console.print("nothing was written")
        return
    console.print(f"{file} is written" + (f", without the {missing} that have none" if missing else ""))
    console.print("Start with it: add `digests` to HOLYSHEEP_OVERLAYS, last; commit it to start the same elsewhere")
