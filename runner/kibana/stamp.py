"""Marks imported dashboards with digests of what was imported, so that any checkout can tell a person's change later.

A dashboard's `optionsJSON` keeps the digests of the dashboard and of the objects that it refers to. Kibana reads only
the options that it knows, and drops the others when a person saves the dashboard.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from runner.kibana import changes

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]
Key = tuple[str, str]
#: The type whose objects carry the digests.
DASHBOARD: Final = "dashboard"


def digest(saved_object: Json) -> str:
    """SHA-256 of what a person can change in an object, without empty values: Kibana adds and removes them."""
    text = json.dumps(_filled(changes.plain(saved_object)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def marked(wanted: list[Json], rendered: list[Json]) -> list[Json]:
    """The objects as they are imported: each dashboard with the digests of itself and of what it refers to.

    `rendered`: all objects, since a dashboard may be imported without those that it refers to.
    """
    digests = {key(saved_object): digest(saved_object) for saved_object in rendered}
    return [
        _marked(saved_object, digests) if saved_object["type"] == DASHBOARD else saved_object for saved_object in wanted
    ]


def digests(exported: Iterable[Json]) -> dict[Key, set[str]]:
    """The digests of what was imported last, by object, as the exported dashboards keep them."""
    imported: dict[Key, set[str]] = {}
    for saved_object in exported:
        if saved_object["type"] != DASHBOARD:
            continue
        for name, value in _options(saved_object).get(changes.MARK, {}).items():
            type_, _, id_ = str(name).partition(" ")
            imported.setdefault((type_, id_), set()).add(str(value))
    return imported


def untouched(exported: Iterable[Json]) -> set[Key]:
    """The objects that nobody changed since our last import: where they differ from ours, ours are newer."""
    saved_objects = list(exported)
    imported = digests(saved_objects)
    return {key(item) for item in saved_objects if digest(item) in imported.get(key(item), ())}


def key(saved_object: Json) -> Key:
    """Type and id."""
    return saved_object["type"], saved_object["id"]


def _marked(dashboard: Json, digests: dict[Key, str]) -> Json:
    own = [key(dashboard), *(key(reference) for reference in dashboard["references"])]
    mark = {
        " ".join(name): digests[name] for name in own if name in digests and (name[0] != DASHBOARD or name == own[0])
    }
    options = {**_options(dashboard), changes.MARK: mark}
    text = json.dumps(options, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**dashboard, "attributes": {**dashboard["attributes"], "optionsJSON": text}}


def _options(dashboard: Json) -> Json:
    try:
        options = json.loads(dashboard["attributes"].get("optionsJSON") or "{}")
    except ValueError:
        return {}
    return options if isinstance(options, dict) else {}


def _filled(data: Any) -> Any:  # noqa: ANN401 - any JSON
    """The data without empty values, at any depth. Lists keep their length: a place in them has a meaning."""
    if isinstance(data, dict):
        pairs = ((name, _filled(value)) for name, value in data.items())
        return {name: value for name, value in pairs if not changes.nothing(value)}
    return [_filled(value) for value in data] if isinstance(data, list) else data
