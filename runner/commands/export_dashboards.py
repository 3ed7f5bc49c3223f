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
from runner.commands.kibana import named
from runner.kibana import changes, exporter, rewrite, stamp
from runner.words import counted

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from generator.dashboards.load import Source
    from generator.dashboards.render import Boards
    from runner.kibana.changes import Change


def run(args: argparse.Namespace) -> int:
    """Export our objects, write them to files, and show what a person changed. Exit code 1 when somebody did."""
    boards = render.prepare(card.load(PRICING), FOLDER)
    ours = {source.slug: render.built(source, boards) for source in boards.sources}
    wanted = {stamp.key(item): item for rendered in ours.values() for item in rendered}
    kibana = named(args)
    kibana.wait(args.wait, lambda line: print(line, file=sys.stderr))
    theirs = {stamp.key(item): item for item in exporter.run(kibana, list(wanted.values()))}
    untouched = stamp.untouched(theirs.values())
    differences: list[Change] = []
    for source in boards.sources:
        exported = [theirs[stamp.key(item)] for item in ours[source.slug] if stamp.key(item) in theirs]
        _write(args.out / f"{source.slug}.ndjson", exported)
        _note_version(ours[source.slug], exported, source)
        changed = [item for item in exported if stamp.key(item) not in untouched]
        now = _rewrite(source, boards, changed) if args.write else source
        rendered = [item for item in render.built(now, boards) if stamp.key(item) not in untouched]
        differences += changes.compare(rendered, changed, now)
    older = [key for key in untouched if changes.paths(wanted[key], theirs[key])]
    if older:
        print(
            f"of an older rendering: {counted(len(older), 'object')}; make import-dashboards brings ours",
            file=sys.stderr,
        )
    _print(list(dict.fromkeys(differences)), args, older=bool(older))
    return 1 if differences else 0


def _print(differences: list[Change], args: argparse.Namespace, *, older: bool) -> None:
    if args.json:
        print(json.dumps([asdict(change) for change in differences], indent=2, ensure_ascii=False))
        return
    for change in differences:
        print(change)
    same = "Nobody changed the dashboards in Kibana" if older else "Kibana has the dashboards as they are rendered"
    print(f"{counted(len(differences), 'difference')}; Kibana's objects are in {args.out}" if differences else same)
    if args.write and differences:
        print("The YAML can't say these. Make them anew in it, or give them up: import-dashboards --overwrite")


def _rewrite(source: Source, boards: Boards, exported: list[dict[str, Any]]) -> Source:
    """Write the changes that a dashboard's YAML can say into its file; the dashboard as it is then."""
    result = rewrite.run(source, boards, exported)
    if result.edits:
        write_whole(FOLDER / "dashboards" / f"{source.slug}.yaml", result.source.document.text)
        for line in result.edits:
            print(f"written  {line}", file=sys.stderr)
    return result.source


def _write(path: Path, exported: list[dict[str, Any]]) -> None:
    lines = [json.dumps(item, ensure_ascii=False, sort_keys=True) + "\n" for item in exported]
    write_whole(path, "".join(lines))


def _note_version(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], source: Source) -> None:
    """Say when Kibana stores a dashboard in a newer form: some differences are then no person's changes."""
    id_ = ids.dashboard_id(source.slug)
    rendered = next(item for item in ours if item["id"] == id_)
    stored_form = next((item for item in theirs if item["id"] == id_), rendered).get("typeMigrationVersion")
    if stored_form != rendered["typeMigrationVersion"]:
        note = (
            f"Kibana stores it in the form of version {stored_form}, it was rendered in that of "
            f"{rendered['typeMigrationVersion']}: some differences come from the form"
        )
        print(f"{source.document.name}: {note}", file=sys.stderr)
