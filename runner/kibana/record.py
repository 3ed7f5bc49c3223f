"""Notes what was imported into which Kibana, to tell a person's changes and our own older objects from each other.

Needed beside the digests that `stamp` leaves in Kibana for objects whose form a newer Kibana changed, for those of a
dashboard that a person saved, and for those that are no longer rendered.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.files import write_whole
from generator.paths import STATE

if TYPE_CHECKING:
    from runner.kibana.client import Kibana

Json = dict[str, Any]
Key = tuple[str, str]
FILE: Final = STATE / "kibana-imported.json"


@dataclass(frozen=True)
class Imported:
    """An object as it was after our last import."""

    #: Kibana's time of change. A later time is a person's change.
    updated_at: str
    #: The digest of the rendered object; empty in notes of older versions.
    digest: str = ""


def untouched(note: Imported | None, exported: Json) -> bool:
    """Whether Kibana's object was not changed since the import of the note."""
    return note is not None and note.updated_at == exported.get("updated_at")


def digest(saved_object: Json) -> str:
    """The SHA-256 of a rendered object."""
    return hashlib.sha256(json.dumps(saved_object, sort_keys=True).encode()).hexdigest()


def of(kibana: Kibana) -> dict[Key, Imported]:
    """What was imported from this checkout into a Kibana's space."""
    result = {}
    for name, value in _read().get(_place(kibana), {}).items():
        type_, _, id_ = name.partition(" ")
        note = value if isinstance(value, dict) else {"updated_at": value}
        result[type_, id_] = Imported(str(note.get("updated_at")), str(note.get("digest", "")))
    return result


def note(kibana: Kibana, imported: dict[Key, Imported], gone: tuple[Key, ...] = ()) -> None:
    """Add to the notes of a Kibana's space, and take out the objects that were deleted."""
    data = _read()
    notes = data.setdefault(_place(kibana), {})
    for (type_, id_), found in imported.items():
        notes[f"{type_} {id_}"] = {"updated_at": found.updated_at, "digest": found.digest}
    for type_, id_ in gone:
        notes.pop(f"{type_} {id_}", None)
    write_whole(FILE, json.dumps(data, indent=1, sort_keys=True) + "\n")


def _place(kibana: Kibana) -> str:
    return f"{kibana.url.rstrip('/')} {kibana.space}"


def _read() -> dict[str, dict[str, Any]]:
    try:
        data = json.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
