"""Saved objects into Kibana, each with what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runner.kibana.client import Kibana

Json = dict[str, Any]
_BOUNDARY: Final = "holysheep-elk-7f3a9c51"
_PATH: Final = "/api/saved_objects/_import?overwrite=true"


@dataclass(frozen=True)
class Outcome:
    """What became of one object; `reason` is Kibana's own."""

    type: str
    id: str
    title: str
    state: Literal["created", "updated", "failed"]
    reason: str = ""


def objects(texts: Iterable[str]) -> list[Json]:
    """The objects of NDJSON files, each once: Kibana refuses a file with the same id twice."""
    found: dict[tuple[str, str], Json] = {}
    for text in texts:
        for line in text.splitlines():
            thing: Json = json.loads(line)
            key = (thing["type"], thing["id"])
            if found.setdefault(key, thing) != thing:
                raise UserError(f"{key[0]} {key[1]} differs between files", hint="run `make render`")
    return list(found.values())


def run(kibana: Kibana, things: list[Json]) -> list[Outcome]:
    """Import with overwrite. A refused file is a failure of every object in it."""
    answer = kibana.request("POST", _PATH, _form(things), f"multipart/form-data; boundary={_BOUNDARY}")
    if not answer.ok:
        return [_outcome(thing, "failed", answer.reason) for thing in things]
    # Kibana answers 200 with `success: false` when single objects failed.
    body = answer.json()
    done = {(one["type"], one["id"]): one for one in body.get("successResults", [])}
    wrong = {(one["type"], one["id"]): one for one in body.get("errors", [])}
    found = []
    for thing in things:
        key = (thing["type"], thing["id"])
        if key in wrong:
            found.append(_outcome(thing, "failed", _why(wrong[key])))
        elif key in done:
            copy = done[key].get("destinationId")
            note = f"as {copy}: the id is taken in another space" if copy and copy != thing["id"] else ""
            found.append(_outcome(thing, "updated" if done[key].get("overwrite") else "created", note))
        else:
            found.append(_outcome(thing, "failed", "Kibana did not say what became of it"))
    return found


def _form(things: list[Json]) -> bytes:
    """The file as a form; its name has to end in .ndjson."""
    lines = "".join(json.dumps(thing, ensure_ascii=False) + "\n" for thing in things)
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="holysheep.ndjson"\r\n'
    return f"{head}Content-Type: application/ndjson\r\n\r\n{lines}\r\n--{_BOUNDARY}--\r\n".encode()


def _outcome(thing: Json, state: Literal["created", "updated", "failed"], reason: str = "") -> Outcome:
    attributes = thing["attributes"]
    title = str(attributes.get("name") or attributes.get("title", ""))
    return Outcome(thing["type"], thing["id"], title, state, reason)


def _why(failure: Json) -> str:
    """Kibana's reason for one object: `error.type`, and what it says beside it."""
    error: Json = failure.get("error", {})
    kind = str(error.get("type", "unknown"))
    if missing := error.get("references"):
        names = ", ".join(f"{one['type']} {one['id']}" for one in missing)
        return f"{kind}: {names}"
    return f"{kind}: {error['message']}" if error.get("message") else kind
