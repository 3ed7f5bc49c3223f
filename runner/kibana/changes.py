"""What a person changed in Kibana, against what we render, by panel and with the line of the YAML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.dashboards.load import Source

Json = dict[str, Any]
#: What Kibana writes itself.
_OWN: Final = (
    "created_at",
    "updated_at",
    "version",
    "managed",
    "created_by",
    "updated_by",
    "namespaces",
    "originId",
    "sort",
)
_MOST: Final = 90
#: Letters shown before the first that differs.
_BEFORE: Final = 20
_GRID: Final = 2


@dataclass(frozen=True)
class Change:
    """One difference: where the YAML has it, what it is about, what we render and what Kibana has."""

    where: str
    what: str
    ours: str
    theirs: str
    write: str = ""
    """The line of the YAML that says the same, where there is one."""

    def __str__(self) -> str:
        """One line for a person."""
        line = f"{self.where}: {self.what}: {self.ours} here, {self.theirs} in Kibana"
        return f"{line}; to keep it, write there {self.write}" if self.write else line


def compare(ours: list[Json], theirs: list[Json], source: Source) -> list[Change]:
    """The changes in one dashboard's objects."""
    there = {thing["id"]: thing for thing in theirs}
    found: list[Change] = []
    for thing in ours:
        named = _Named(source, thing)
        if thing["id"] not in there:
            found.append(Change(named.where, named.label, "present", "deleted"))
            continue
        found += [named.change(*difference) for difference in _walk(_plain(thing), _plain(there[thing["id"]]), ())]
    return found


def paths(ours: Json, theirs: Json) -> list[str]:
    """Where two versions of an object differ; panels by title or number."""
    return sorted({_where(path, theirs) for path, _, _ in _walk(_plain(ours), _plain(theirs), ())})


def _where(path: tuple[str, ...], thing: Json) -> str:
    if path[:1] != ("panels",) or len(path) == 1:
        return ".".join(path[-2:])
    panels = _read(thing["attributes"].get("panelsJSON") or [])
    panel = next((one for one in panels if one.get("panelIndex") == path[1]), None)
    return f"panel {(panel.get('title') or path[1])!r}" if panel else "a panel that was deleted"


class _Named:
    """One of our objects, and what a place in it is called in the YAML."""

    def __init__(self, source: Source, thing: Json) -> None:
        self.source = source
        self.label = f"{thing['type']} {thing['attributes'].get('name') or thing['attributes'].get('title')!r}"
        panels = source.dashboard.panels
        self.panels = {ids.panel_id(source.slug, panel.id): number for number, panel in enumerate(panels)}
        searches = [ids.search_id(source.slug, panel.id) for panel in panels]
        own = ("panels", searches.index(thing["id"])) if thing["id"] in searches else ()
        self.where = source.where(*own)

    def change(self, path: tuple[str, ...], one: object, two: object) -> Change:
        """A difference in words; a panel's is told by the panel's own name and line."""
        if path[:1] != ("panels",) or len(path) == 1:
            return Change(self.where, f"{self.label} {'.'.join(path)}", *_pair(one, two))
        number = self.panels.get(path[1])
        if number is None:
            return Change(self.source.where("panels"), "a panel was added", "absent", _short(two))
        what = f"panel {self.source.dashboard.panels[number].id!r} {'.'.join(path[2:])}".strip()
        gone = "deleted" if two is None and len(path) == 2 else _short(two)  # noqa: PLR2004 - panels and its id
        ours, theirs = _pair(one, two)
        theirs = gone if gone == "deleted" else theirs
        return Change(self.source.where("panels", number), what, ours, theirs, _as_yaml(path[2:], two))


def _as_yaml(path: tuple[str, ...], value: object) -> str:
    """What a person changed as a line of the panel's YAML; empty where the YAML has no such line."""
    text = json.dumps(value, ensure_ascii=False)
    if path == ("title",):
        return f"title: {text}"
    if path[:1] == ("gridData",) and len(path) == _GRID:
        return {"w": f"size: [{value}, …]", "h": f"size: [… , {value}]"}.get(path[1], "")
    if path[-2:] == ("params", "formula"):
        return f"formula: {text}"
    return f"filter: {text}" if path[-3:] == ("state", "query", "query") else ""


def _pair(one: object, two: object) -> tuple[str, str]:
    """Two values in words; of long texts the part where they begin to differ."""
    if one is None or two is None:
        return _short(one), _short(two)
    left, right = (json.dumps(value, ensure_ascii=False, sort_keys=True) for value in (one, two))
    if max(len(left), len(right)) <= _MOST:
        return left, right
    same = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    start = max(0, same - _BEFORE)
    return _window(left, start), _window(right, start)


def _window(text: str, start: int) -> str:
    part = text[start : start + _MOST]
    return f"{'…' if start else ''}{part}{'…' if start + _MOST < len(text) else ''}"


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def _plain(thing: Json) -> Json:
    """An object without what Kibana adds, its JSON texts read, panels and references by name."""
    data: Json = _read({key: value for key, value in thing.items() if key not in _OWN})
    attributes: Json = data["attributes"]
    panels = attributes.pop("panelsJSON", None)
    if isinstance(panels, list):
        # Kibana drops or adds the version on every save.
        data["panels"] = {
            panel["panelIndex"]: {key: value for key, value in panel.items() if key != "version"} for panel in panels
        }
    data["references"] = {ref["name"]: f"{ref['type']} {ref['id']}" for ref in data["references"]}
    for name in ("coreMigrationVersion", "typeMigrationVersion"):
        data.pop(name, None)
    return data


def _read(data: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(data, dict):
        return {key: _read(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_read(value) for value in data]
    if isinstance(data, str) and data[:1] in ("{", "["):
        try:
            return _read(json.loads(data))
        except ValueError:
            return data
    return data


def _walk(one: Any, two: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object, object]]:  # noqa: ANN401
    """Every path at which two pieces of data differ. Kibana leaves out or adds what is empty: that is no difference."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in sorted(set(one) | set(two)):
            yield from _walk(one.get(key), two.get(key), (*path, key))
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for number, (left, right) in enumerate(zip(one, two, strict=True)):
            yield from _walk(left, right, (*path, str(number)))
    elif one != two and not (_nothing(one) and _nothing(two)):
        yield path, one, two


def _nothing(value: object) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and not value)
