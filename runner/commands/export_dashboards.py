"""`export-dashboards`: what a person changed in Kibana, as files and as differences to the YAML."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import card
from generator.dashboards import ids, render
from generator.paths import PRICING, STATE
from generator.render.registry import FOLDER
from runner.kibana import changes, client, exporter

if TYPE_CHECKING:
    import argparse

    from generator.dashboards.load import Source
    from runner.kibana.changes import Change


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = sub.add_parser("export-dashboards", help="bring back what a person changed in Kibana, and show it")
    client.add_arguments(parser)
    parser.add_argument("--out", metavar="FOLDER", type=Path, default=STATE / "kibana-export", help="[%(default)s]")
    parser.add_argument("--json", action="store_true", help="print the differences as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Export our objects, write them, and show how they differ from what we render. 1 when they do."""
    boards = render.prepare(card.load(PRICING), FOLDER)
    ours = {source.slug: render.built(source, boards) for source in boards.sources}
    wanted = {(thing["type"], thing["id"]): thing for things in ours.values() for thing in things}
    kibana = client.from_arguments(args)
    kibana.wait(args.wait, lambda line: print(line, file=sys.stderr))
    theirs = {thing["id"]: thing for thing in exporter.run(kibana, list(wanted.values()))}
    found: list[Change] = []
    for source in boards.sources:
        here = [theirs[thing["id"]] for thing in ours[source.slug] if thing["id"] in theirs]
        _write(args.out / f"{source.slug}.ndjson", here)
        found += changes.compare(ours[source.slug], here, source)
        _note_version(ours[source.slug], theirs, source)
    found = list(dict.fromkeys(found))
    if args.json:
        print(json.dumps([asdict(change) for change in found], indent=2, ensure_ascii=False))
    else:
        for change in found:
            print(change)
        print(f"{len(found)} differences; what Kibana has is in {args.out}" if found else "Kibana has what we render")
    return 1 if found else 0


def _write(path: Path, things: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(thing, ensure_ascii=False, sort_keys=True) + "\n" for thing in things]
    path.write_text("".join(lines), encoding="utf-8")


def _note_version(ours: list[dict[str, Any]], theirs: dict[str, dict[str, Any]], source: Source) -> None:
    """A newer Kibana stores dashboards in a newer form, which is no change of a person's."""
    id_ = ids.dashboard_id(source.slug)
    mine = next(thing for thing in ours if thing["id"] == id_)
    other = theirs.get(id_, mine).get("typeMigrationVersion")
    if other != mine["typeMigrationVersion"]:
        note = (
            f"Kibana stores it in the form {other}, we render {mine['typeMigrationVersion']}: some differences are form"
        )
        print(f"{source.document.name}: {note}", file=sys.stderr)
