"""Saved objects into Kibana, each with what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.errors import UserError
from generator.paths import STATE
from runner.kibana import changes, exporter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runner.kibana.client import Kibana

Json = dict[str, Any]
_BOUNDARY: Final = "holysheep-elk-7f3a9c51"
_PATH: Final = "/api/saved_objects/_import?overwrite=true"


State = Literal["created", "updated", "kept", "failed"]
#: When Kibana last changed each object after our own import, by address and space: a later time is a person's.
RECORD: Final = STATE / "kibana-imported.json"


@dataclass(frozen=True)
class Outcome:
    """What became of one object; `reason` is Kibana's own."""

    type: str
    id: str
    title: str
    state: State
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


def run(kibana: Kibana, things: list[Json], *, overwrite: bool = False) -> list[Outcome]:
    """Import. What a person changed in Kibana since our last import is kept, unless `overwrite`."""
    kept = {} if overwrite else _persons(kibana, things)
    wanted = [thing for thing in things if (thing["type"], thing["id"]) not in kept]
    outcomes = _import(kibana, wanted) if wanted else []
    _remember(kibana, [thing for thing, one in zip(wanted, outcomes, strict=True) if one.state != "failed"])
    left = [_outcome(thing, "kept", kept[key]) for thing in things if (key := (thing["type"], thing["id"])) in kept]
    return [*outcomes, *left]


def _persons(kibana: Kibana, things: list[Json]) -> dict[tuple[str, str], str]:
    """The objects that a person changed, and what differs."""
    ours = {(thing["type"], thing["id"]): thing for thing in things}
    known = _record().get(_place(kibana), {})
    found: dict[tuple[str, str], str] = {}
    for thing in exporter.run(kibana, things):
        key = (thing["type"], thing["id"])
        differences = changes.paths(ours[key], thing) if key in ours else []
        if differences and known.get(" ".join(key)) != thing.get("updated_at"):
            more = f" and {len(differences) - 3} more" if len(differences) > 3 else ""  # noqa: PLR2004
            found[key] = f"differs in {', '.join(differences[:3])}{more}; --overwrite takes ours"
    return found


def _place(kibana: Kibana) -> str:
    return f"{kibana.url.rstrip('/')} {kibana.space}"


def _record() -> dict[str, dict[str, str]]:
    try:
        data = json.loads(RECORD.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _remember(kibana: Kibana, things: list[Json]) -> None:
    """Note when Kibana has these objects from."""
    if not things:
        return
    data = _record()
    mine = data.setdefault(_place(kibana), {})
    for thing in exporter.run(kibana, things):
        mine[f"{thing['type']} {thing['id']}"] = str(thing.get("updated_at"))
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _import(kibana: Kibana, things: list[Json]) -> list[Outcome]:
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


def _outcome(thing: Json, state: State, reason: str = "") -> Outcome:
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
