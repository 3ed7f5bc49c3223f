"""`export-dashboards`: exports the dashboards from Kibana, and shows their differences to the YAML."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from generator import card
from generator.dashboards import ids, render
from generator.files import write_whole
from generator.paths import PRICING
from generator.render.registry import FOLDER
from runner.kibana import changes, client, exporter

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from generator.dashboards.load import Source
    from runner.kibana.changes import Change


def run(args: argparse.Namespace) -> int:
    """Export our objects, write them to files, and show the differences. Exit code 1 when there are differences."""
    boards = render.prepare(card.load(PRICING), FOLDER)
    ours = {source.slug: render.built(source, boards) for source in boards.sources}
    wanted = {(item["type"], item["id"]): item for rendered in ours.values() for item in rendered}
    kibana = client.from_arguments(args)
    kibana.wait(args.wait, lambda line: print(line, file=sys.stderr))
    theirs = {item["id"]: item for item in exporter.run(kibana, list(wanted.values()))}
    differences: list[Change] = []
    for source in boards.sources:
        exported = [theirs[item["id"]] for item in ours[source.slug] if item["id"] in theirs]
        _write(args.out / f"{source.slug}.ndjson", exported)
        differences += changes.compare(ours[source.slug], exported, source)
        _note_version(ours[source.slug], theirs, source)
    differences = list(dict.fromkeys(differences))
    if args.json:
        print(json.dumps([asdict(change) for change in differences], indent=2, ensure_ascii=False))
    else:
        for change in differences:
            print(change)
        same = "Kibana has the dashboards as they are rendered"
        print(f"{len(differences)} differences; Kibana's objects are in {args.out}" if differences else same)
    return 1 if differences else 0


def _write(path: Path, exported: list[dict[str, Any]]) -> None:
    lines = [json.dumps(item, ensure_ascii=False, sort_keys=True) + "\n" for item in exported]
    write_whole(path, "".join(lines))


def _note_version(ours: list[dict[str, Any]], theirs: dict[str, dict[str, Any]], source: Source) -> None:
    """Say when Kibana stores a dashboard in a newer form: some differences are then no person's changes."""
    id_ = ids.dashboard_id(source.slug)
    rendered = next(item for item in ours if item["id"] == id_)
    stored_form = theirs.get(id_, rendered).get("typeMigrationVersion")
    if stored_form != rendered["typeMigrationVersion"]:
        note = (
            f"Kibana stores it in the form of version {stored_form}, it was rendered in that of "
            f"{rendered['typeMigrationVersion']}: some differences come from the form"
        )
        print(f"{source.document.name}: {note}", file=sys.stderr)
