"""Compares the rendered saved objects and Kibana's time zone with a Kibana, and writes the differences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.kibana import changes, exporter, importer, record, stamp, timezone
from runner.step import WRITES, Action, Step

if TYPE_CHECKING:
    from runner.kibana.client import Kibana
    from runner.kibana.record import Imported

Json = dict[str, Any]
_DELETE: Final = "/api/saved_objects/_bulk_delete"
#: Kibana's types, as its pages call them.
KINDS: Final = {"index-pattern": "data view", "search": "saved search"}


@dataclass(frozen=True)
class Options:
    """What a plan may do."""

    #: Replace what a person changed.
    overwrite: bool = False
    #: Delete what was imported from this checkout and is no longer rendered.
    prune: bool = False


@dataclass(frozen=True)
class Failure:
    """A step that Kibana refused, and its reason."""

    step: Step
    why: str


def make(kibana: Kibana, rendered: list[Json], zone: str, options: Options) -> list[Step]:
    """The steps that make Kibana as it is rendered. `zone`: the time zone of the budgets."""
    present = {stamp.key(found): found for found in exporter.run(kibana, rendered)}
    imported = stamp.digests(present.values())
    notes = record.of(kibana)
    steps = []
    for ours in rendered:
        key = stamp.key(ours)
        steps.append(_object(ours, present.get(key), notes.get(key), imported.get(key, set()), options))
    steps += _gone(kibana, rendered, notes, prune=options.prune)
    return [*steps, timezone.step(kibana, zone, overwrite=options.overwrite)]


def execute(kibana: Kibana, steps: list[Step], rendered: list[Json]) -> list[Failure]:
    """Write the steps: all objects in one import, which Kibana needs in order to see their references."""
    todo = [step for step in steps if step.action in WRITES]
    imported = [step for step in todo if step.action != "delete" and step.kind != timezone.KIND]
    outcomes = importer.write(kibana, _with_marks(imported, steps), rendered)
    failures = [
        Failure(step, outcome.reason)
        for step, outcome in zip(imported, outcomes, strict=False)
        if outcome.state == "failed"
    ]
    failures += _delete(kibana, [step for step in todo if step.action == "delete"])
    for step in (step for step in todo if step.kind == timezone.KIND):
        if why := timezone.write(kibana, step):
            failures.append(Failure(step, why))
    return failures


def _with_marks(imported: list[Step], steps: list[Step]) -> list[Json]:
    """The objects of the steps, and then the unchanged dashboards that carry the digest of one."""
    bodies = [step.body for step in imported if step.body is not None]
    keys = {stamp.key(body) for body in bodies if body["type"] != stamp.DASHBOARD}
    unchanged = [step.body for step in steps if step.action == "unchanged" and step.kind == stamp.DASHBOARD]
    return bodies + [
        body for body in unchanged if body and keys & {stamp.key(reference) for reference in body["references"]}
    ]


def _object(ours: Json, theirs: Json | None, note: Imported | None, digests: set[str], options: Options) -> Step:
    """The step of an object. `digests`: those of our last import, as Kibana's dashboards have them."""
    kind, name = _named(ours)
    if theirs is None:
        return Step("create", kind, name, body=ours)
    untouched = record.untouched(note, theirs)
    if untouched and note is not None and note.digest == record.digest(ours):
        # A newer Kibana stores objects in a newer form, so that they differ though nobody changed them.
        return Step("unchanged", kind, name, body=ours)
    differences = changes.differences(ours, theirs)
    if not differences:
        return Step("unchanged", kind, name, body=ours)
    if untouched or options.overwrite or stamp.digest(theirs) in digests:
        return Step("change", kind, name, differences, body=ours)
    return Step("keep", kind, name, differences, ("a person changed it in Kibana; --overwrite replaces it with ours",))


def _gone(kibana: Kibana, rendered: list[Json], notes: dict[stamp.Key, Imported], *, prune: bool) -> list[Step]:
    """A step for each object that was imported from this checkout and is no longer rendered."""
    left = sorted(set(notes) - {stamp.key(ours) for ours in rendered})
    if not left:
        return []
    steps = []
    for theirs in exporter.run(kibana, [{"type": type_, "id": id_} for type_, id_ in left]):
        kind, name = _named(theirs)
        action: Action = "keep"
        if notes[stamp.key(theirs)].updated_at != theirs.get("updated_at"):
            note = "no longer rendered, but a person changed it: delete it in Kibana"
        elif theirs.get("originId"):
            note = "no longer rendered; this space has it under another id: delete it in Kibana"
        elif prune:
            action, note = "delete", "no longer rendered"
        else:
            note = "no longer rendered; --prune deletes it"
        steps.append(Step(action, kind, name, notes=(note,), body={"type": theirs["type"], "id": theirs["id"]}))
    return steps


def _delete(kibana: Kibana, steps: list[Step]) -> list[Failure]:
    if not steps:
        return []
    bodies = [step.body for step in steps if step.body is not None]
    answer = kibana.request("POST", _DELETE, json.dumps(bodies).encode())
    if not answer.ok:
        return [Failure(step, answer.reason) for step in steps]
    results = {stamp.key(status): status for status in answer.json().get("statuses", [])}
    done, failures = [], []
    for step, body in zip(steps, bodies, strict=True):
        status = results.get(stamp.key(body), {})
        error = status.get("error") or {}
        if status.get("success") or error.get("statusCode") == exporter.GONE:
            done.append(stamp.key(body))
        else:
            failures.append(Failure(step, str(error.get("message", "Kibana did not report its outcome"))))
    record.note(kibana, {}, tuple(done))
    return failures


def _named(saved_object: Json) -> tuple[str, str]:
    attributes = saved_object["attributes"]
    kind = str(saved_object["type"])
    return KINDS.get(kind, kind), str(attributes.get("name") or attributes.get("title", saved_object["id"]))


def refuse(failures: list[Failure]) -> None:
    """UserError with Kibana's reason for the first step that failed."""
    if failures:
        first = failures[0]
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        raise UserError(f"{first.step.kind} {first.step.name!r}{more}: {first.why}", where="Kibana")
