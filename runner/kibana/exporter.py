"""Saved objects out of Kibana."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generator.errors import UserError

if TYPE_CHECKING:
    from runner.kibana.client import Answer, Kibana

Json = dict[str, Any]
_GONE = 404


def run(kibana: Kibana, wanted: list[Json]) -> list[Json]:
    """The wanted objects as Kibana has them now, under the ids that we gave them; those deleted there are missing."""
    left = [{"type": thing["type"], "id": thing["id"]} for thing in wanted]
    answer = _export(kibana, {"objects": left})
    gone = _missing(answer)
    if gone:
        left = [one for one in left if (one["type"], one["id"]) not in gone]
    if gone and left:
        answer = _export(kibana, {"objects": left})
    found = _objects(answer) if left else []
    return [*found, *_copies(kibana, gone)] if gone else found


def _export(kibana: Kibana, what: Json) -> Answer:
    body = json.dumps({**what, "includeReferencesDeep": False, "excludeExportDetails": True})
    return kibana.request("POST", "/api/saved_objects/_export", body.encode())


def _missing(answer: Answer) -> set[tuple[str, str]]:
    """Kibana exports nothing at all when one object is not there; it names those."""
    named = answer.json().get("attributes", {}) if not answer.ok else {}
    things = named.get("objects", [])
    return {(one["type"], one["id"]) for one in things if one.get("error", {}).get("statusCode") == _GONE}


def _objects(answer: Answer) -> list[Json]:
    if not answer.ok:
        raise UserError(f"Kibana did not export: {answer.reason}")
    lines = [json.loads(line) for line in answer.body.decode("utf-8").splitlines() if line.strip()]
    return [line for line in lines if "type" in line]


def _copies(kibana: Kibana, gone: set[tuple[str, str]]) -> list[Json]:
    """Objects that this space holds under other ids, because another space had ours first."""
    types = sorted({type_ for type_, _ in gone})
    answer = _export(kibana, {"type": types})
    if not answer.ok:
        return []
    text = answer.body.decode("utf-8")
    here = _objects(answer)
    renamed = {one["id"]: one["originId"] for one in here if (one["type"], one.get("originId")) in gone}
    for theirs, ours in renamed.items():
        text = text.replace(theirs, ours)
    wanted = set(renamed.values())
    return [json.loads(line) for line in text.splitlines() if line.strip() and json.loads(line).get("id") in wanted]
