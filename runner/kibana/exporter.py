"""Exports saved objects from Kibana."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generator.errors import UserError

if TYPE_CHECKING:
    from runner.kibana.client import Answer, Kibana

Json = dict[str, Any]
GONE = 404


def run(kibana: Kibana, wanted: list[Json]) -> list[Json]:
    """The wanted objects as Kibana has them now, with our ids. Objects that were deleted in Kibana are missing."""
    requested = [{"type": saved_object["type"], "id": saved_object["id"]} for saved_object in wanted]
    answer = _export(kibana, {"objects": requested})
    missing = _missing(answer)
    if missing:
        requested = [reference for reference in requested if (reference["type"], reference["id"]) not in missing]
    if missing and requested:
        answer = _export(kibana, {"objects": requested})
    exported = _objects(answer) if requested else []
    return [*exported, *_copies(kibana, missing)] if missing else exported


def _export(kibana: Kibana, what: Json) -> Answer:
    body = json.dumps({**what, "includeReferencesDeep": False, "excludeExportDetails": True})
    return kibana.request("POST", "/api/saved_objects/_export", body.encode())


def _missing(answer: Answer) -> set[tuple[str, str]]:
    """(type, id) of the objects that Kibana lacks. It exports nothing when an object is missing, and names these."""
    attributes = answer.json().get("attributes", {}) if not answer.ok else {}
    return {
        (reference["type"], reference["id"])
        for reference in attributes.get("objects", [])
        if reference.get("error", {}).get("statusCode") == GONE
    }


def _objects(answer: Answer) -> list[Json]:
    if not answer.ok:
        raise UserError(f"Kibana did not export: {answer.reason}")
    lines = [json.loads(line) for line in answer.body.decode("utf-8").splitlines() if line.strip()]
    return [line for line in lines if "type" in line]


def _copies(kibana: Kibana, missing: set[tuple[str, str]]) -> list[Json]:
    """The missing objects that this space has under other ids, since another space has ours."""
    types = sorted({type_ for type_, _ in missing})
    answer = _export(kibana, {"type": types})
    if not answer.ok:
        return []
    text = answer.body.decode("utf-8")
    exported = _objects(answer)
    renamed = {
        saved_object["id"]: saved_object["originId"]
        for saved_object in exported
        if (saved_object["type"], saved_object.get("originId")) in missing
    }
    for theirs, ours in renamed.items():
        text = text.replace(theirs, ours)
    wanted = set(renamed.values())
    return [json.loads(line) for line in text.splitlines() if line.strip() and json.loads(line).get("id") in wanted]
