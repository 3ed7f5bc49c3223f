"""Imports saved objects into Kibana, with an outcome for each object."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.errors import UserError
from runner.kibana import changes, exporter, record, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runner.kibana.client import Kibana

Json = dict[str, Any]
_BOUNDARY: Final = "holysheep-elk-7f3a9c51"
_PATH: Final = "/api/saved_objects/_import?overwrite=true"


State = Literal["created", "updated", "kept", "failed"]


@dataclass(frozen=True)
class Outcome:
    """The outcome of an object's import; `reason` is Kibana's."""

    type: str
    id: str
    title: str
    state: State
    reason: str = ""


def objects(texts: Iterable[str]) -> list[Json]:
    """The objects of NDJSON files, each once: Kibana refuses a file that has an id twice."""
    by_key: dict[tuple[str, str], Json] = {}
    for text in texts:
        for line in text.splitlines():
            saved_object: Json = json.loads(line)
            key = (saved_object["type"], saved_object["id"])
            if by_key.setdefault(key, saved_object) != saved_object:
                raise UserError(f"{key[0]} {key[1]} differs between files", hint="run `make render`")
    return list(by_key.values())


def run(kibana: Kibana, rendered: list[Json], *, overwrite: bool = False) -> list[Outcome]:
    """Import the rendered objects. Objects that a person changed since the last import are kept, unless `overwrite`."""
    changed = {} if overwrite else _changed_by_a_person(kibana, rendered)
    wanted = [saved_object for saved_object in rendered if stamp.key(saved_object) not in changed]
    kept = [
        _outcome(saved_object, "kept", changed[stamp.key(saved_object)])
        for saved_object in rendered
        if stamp.key(saved_object) in changed
    ]
    return [*write(kibana, wanted, rendered), *kept]


def write(kibana: Kibana, wanted: list[Json], rendered: list[Json]) -> list[Outcome]:
    """Import some of the rendered objects, and note what was imported. The outcomes have the order of `wanted`."""
    if not wanted:
        return []
    outcomes = _import(kibana, stamp.marked(wanted, rendered))
    imported = zip(wanted, outcomes, strict=True)
    _remember(kibana, [saved_object for saved_object, outcome in imported if outcome.state != "failed"])
    return outcomes


def _changed_by_a_person(kibana: Kibana, rendered: list[Json]) -> dict[tuple[str, str], str]:
    """Key of each object that a person changed since our last import → the differences in words."""
    ours = {stamp.key(saved_object): saved_object for saved_object in rendered}
    notes = record.of(kibana)
    exported = exporter.run(kibana, rendered)
    imported = stamp.digests(exported)
    changed: dict[tuple[str, str], str] = {}
    for saved_object in exported:
        key = stamp.key(saved_object)
        untouched = record.untouched(notes.get(key), saved_object) or (
            stamp.digest(saved_object) in imported.get(key, ())
        )
        differences = changes.paths(ours[key], saved_object) if key in ours and not untouched else []
        if differences:
            more = f" and {len(differences) - 3} more" if len(differences) > 3 else ""  # noqa: PLR2004
            changed[key] = f"differs in {', '.join(differences[:3])}{more}; --overwrite replaces it with ours"
    return changed


def _remember(kibana: Kibana, imported: list[Json]) -> None:
    """Note Kibana's time of change of the imported objects."""
    if not imported:
        return
    digests = {stamp.key(saved_object): record.digest(saved_object) for saved_object in imported}
    times = {stamp.key(found): str(found.get("updated_at")) for found in exporter.run(kibana, imported)}
    record.note(kibana, {key: record.Imported(time, digests[key]) for key, time in times.items() if key in digests})


def _import(kibana: Kibana, rendered: list[Json]) -> list[Outcome]:
    """Import with overwrite. When Kibana refuses the file, every object in it has failed."""
    answer = kibana.request("POST", _PATH, _form(rendered), f"multipart/form-data; boundary={_BOUNDARY}")
    if not answer.ok:
        return [_outcome(saved_object, "failed", answer.reason) for saved_object in rendered]
    # Kibana answers 200 with `success: false` when single objects failed.
    body = answer.json()
    successes = {stamp.key(result): result for result in body.get("successResults", [])}
    failures = {stamp.key(result): result for result in body.get("errors", [])}
    outcomes = []
    for saved_object in rendered:
        key = stamp.key(saved_object)
        if key in failures:
            outcomes.append(_outcome(saved_object, "failed", _why(failures[key])))
        elif key in successes:
            copy = successes[key].get("destinationId")
            note = f"as {copy}: another space has this id" if copy and copy != saved_object["id"] else ""
            state: State = "updated" if successes[key].get("overwrite") else "created"
            outcomes.append(_outcome(saved_object, state, note))
        else:
            outcomes.append(_outcome(saved_object, "failed", "Kibana did not report its outcome"))
    return outcomes


def _form(rendered: list[Json]) -> bytes:
    """The objects as a file in a form; Kibana demands a file name that ends in .ndjson."""
    lines = "".join(json.dumps(saved_object, ensure_ascii=False) + "\n" for saved_object in rendered)
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="holysheep.ndjson"\r\n'
    return f"{head}Content-Type: application/ndjson\r\n\r\n{lines}\r\n--{_BOUNDARY}--\r\n".encode()


def _outcome(saved_object: Json, state: State, reason: str = "") -> Outcome:
    attributes = saved_object["attributes"]
    title = str(attributes.get("name") or attributes.get("title", ""))
    return Outcome(saved_object["type"], saved_object["id"], title, state, reason)


def _why(failure: Json) -> str:
    """Kibana's reason for an object's failure: `error.type`, and the missing references or the message."""
    error: Json = failure.get("error", {})
    kind = str(error.get("type", "unknown"))
    if missing := error.get("references"):
        names = ", ".join(f"{reference['type']} {reference['id']}" for reference in missing)
        return f"{kind}: {names}"
    return f"{kind}: {error['message']}" if error.get("message") else kind
