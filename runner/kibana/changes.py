"""Compares the objects in Kibana with the rendered ones: what a person changed, by panel, with the line of the YAML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import ids
from runner.step import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.dashboards.load import Source

Json = dict[str, Any]
#: Keys that Kibana writes by itself.
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
#: The option of a dashboard that keeps what was imported; see `stamp`.
MARK: Final = "holysheep"
_MOST: Final = 90
#: Number of characters shown before the first that differs.
_BEFORE: Final = 20
_GRID: Final = 2
#: The absence of a value, in words.
_NOTHING: Final = "nothing"


@dataclass(frozen=True)
class Change:
    """A difference between a rendered object and Kibana's."""

    #: File and line of the YAML.
    where: str
    #: The panel or object, and the path in it.
    what: str
    #: The rendered value.
    ours: str
    #: Kibana's value.
    theirs: str
    #: The YAML line that gives Kibana's value; empty when there is none.
    write: str = ""

    def __str__(self) -> str:
        """The difference as a line for people."""
        line = f"{self.where}: {self.what}: {self.ours} here, {self.theirs} in Kibana"
        return f"{line}; to keep it, write there {self.write}" if self.write else line


def compare(ours: list[Json], theirs: list[Json], source: Source) -> list[Change]:
    """The changes of a dashboard's objects. `ours`: the rendered objects; `theirs`: those that Kibana has."""
    in_kibana = {saved_object["id"]: saved_object for saved_object in theirs}
    changed: list[Change] = []
    for rendered in ours:
        named = _Named(source, rendered)
        if rendered["id"] not in in_kibana:
            changed.append(Change(named.where, named.label, "present", "deleted"))
            continue
        differences = _walk(plain(rendered), plain(in_kibana[rendered["id"]]), ())
        changed += [named.change(*difference) for difference in differences]
    return changed


def different_values(ours: list[Json], theirs: list[Json]) -> Iterator[tuple[tuple[str, tuple[str, ...]], object]]:
    """(id of the object, path) and Kibana's value of each difference; objects that Kibana lacks are left out."""
    in_kibana = {saved_object["id"]: saved_object for saved_object in theirs}
    for rendered in ours:
        if rendered["id"] in in_kibana:
            for path, _, value in _walk(plain(rendered), plain(in_kibana[rendered["id"]]), ()):
                yield (rendered["id"], path), value


def paths(ours: Json, theirs: Json) -> list[str]:
    """The places at which two versions of an object differ; a panel is named by its title or number."""
    return sorted({_where(path, theirs) for path, _, _ in _walk(plain(ours), plain(theirs), ())})


def differences(ours: Json, theirs: Json) -> tuple[Difference, ...]:
    """Every place at which Kibana's object differs from the rendered one."""
    return tuple(
        Difference(_place(path, ours, theirs), *(None if text == _NOTHING else text for text in _pair(their, our)))
        for path, our, their in _walk(plain(ours), plain(theirs), ())
    )


def _place(path: tuple[str, ...], ours: Json, theirs: Json) -> str:
    """The place with all of its path; a panel has its title."""
    if path[:1] != ("panels",) or len(path) == 1:
        return ".".join(path)
    panels = [*_read(ours["attributes"].get("panelsJSON") or []), *_read(theirs["attributes"].get("panelsJSON") or [])]
    title = next((panel.get("title") for panel in panels if panel.get("panelIndex") == path[1]), None)
    return " ".join((f"panel {title or path[1]!r}", ".".join(path[2:]))).strip()


def _where(path: tuple[str, ...], saved_object: Json) -> str:
    if path[:1] != ("panels",) or len(path) == 1:
        return ".".join(path[-2:])
    panels = _read(saved_object["attributes"].get("panelsJSON") or [])
    panel = next((candidate for candidate in panels if candidate.get("panelIndex") == path[1]), None)
    return f"panel {(panel.get('title') or path[1])!r}" if panel else "a panel that was deleted"


class _Named:
    """A rendered object, and the places of the YAML from which its parts come."""

    def __init__(self, source: Source, saved_object: Json) -> None:
        self.source = source
        attributes = saved_object["attributes"]
        self.label = f"{saved_object['type']} {attributes.get('name') or attributes.get('title')!r}"
        panels = source.dashboard.panels
        self.panels = {ids.panel_id(source.slug, panel.id): number for number, panel in enumerate(panels)}
        searches = [ids.search_id(source.slug, panel.id) for panel in panels]
        own = ("panels", searches.index(saved_object["id"])) if saved_object["id"] in searches else ()
        self.where = source.where(*own)

    def change(self, path: tuple[str, ...], our_value: object, their_value: object) -> Change:
        """A difference in words; a panel's has the panel's id and its line in the YAML."""
        if path[:1] != ("panels",) or len(path) == 1:
            return Change(self.where, f"{self.label} {'.'.join(path)}", *_pair(our_value, their_value))
        number = self.panels.get(path[1])
        if number is None:
            return Change(self.source.where("panels"), "a panel was added", "absent", _short(their_value))
        what = f"panel {self.source.dashboard.panels[number].id!r} {'.'.join(path[2:])}".strip()
        gone = "deleted" if their_value is None and len(path) == 2 else _short(their_value)  # noqa: PLR2004 - panels and its id
        ours, theirs = _pair(our_value, their_value)
        theirs = gone if gone == "deleted" else theirs
        return Change(self.source.where("panels", number), what, ours, theirs, _as_yaml(path[2:], their_value))


def _as_yaml(path: tuple[str, ...], value: object) -> str:
    """A changed value as a line of the panel's YAML; empty where the YAML has no such line."""
    text = json.dumps(value, ensure_ascii=False)
    if path == ("title",):
        return f"title: {text}"
    if path[:1] == ("gridData",) and len(path) == _GRID:
        return {"w": f"size: [{value}, …]", "h": f"size: [… , {value}]"}.get(path[1], "")
    if path[-2:] == ("params", "formula"):
        return f"formula: {text}"
    return f"filter: {text}" if path[-3:] == ("state", "query", "query") else ""


def _pair(our_value: object, their_value: object) -> tuple[str, str]:
    """Two values as texts. Of long texts the part is given where they begin to differ."""
    if our_value is None or their_value is None:
        return _short(our_value), _short(their_value)
    left, right = (json.dumps(value, ensure_ascii=False, sort_keys=True) for value in (our_value, their_value))
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
        return _NOTHING
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def plain(saved_object: Json) -> Json:
    """An object without Kibana's own keys, with its JSON texts parsed, and panels and references by name."""
    data: Json = _read({key: value for key, value in saved_object.items() if key not in _OWN})
    attributes: Json = data["attributes"]
    panels = attributes.pop("panelsJSON", None)
    if isinstance(panels, list):
        # Kibana removes or adds the version at every save.
        data["panels"] = {panel["panelIndex"]: _panel(panel) for panel in panels}
    if isinstance(attributes.get("optionsJSON"), dict):
        attributes["optionsJSON"].pop(MARK, None)
    # How often a field was used in Discover; Kibana counts by itself.
    for field in (attributes.get("fieldAttrs") or {}).values():
        field.pop("count", None)
    data["references"] = {ref["name"]: f"{ref['type']} {ref['id']}" for ref in data["references"]}
    for name in ("coreMigrationVersion", "typeMigrationVersion"):
        data.pop(name, None)
    return data


def _panel(panel: Json) -> Json:
    """A panel without its version and without the default that Kibana writes out when its title was edited."""
    kept = {key: value for key, value in panel.items() if key != "version"}
    if (kept.get("embeddableConfig") or {}).get("hidePanelTitles") is False:
        own = {key: value for key, value in kept["embeddableConfig"].items() if key != "hidePanelTitles"}
        kept["embeddableConfig"] = own
    return kept


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


def _walk(our_value: Any, their_value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object, object]]:  # noqa: ANN401
    """(path, our value, their value) for each difference. Kibana adds and removes empty values: these are equal."""
    if isinstance(our_value, dict) and isinstance(their_value, dict):
        for key in sorted(set(our_value) | set(their_value)):
            yield from _walk(our_value.get(key), their_value.get(key), (*path, key))
    elif isinstance(our_value, list) and isinstance(their_value, list) and len(our_value) == len(their_value):
        for number, (left, right) in enumerate(zip(our_value, their_value, strict=True)):
            yield from _walk(left, right, (*path, str(number)))
    elif our_value != their_value and not (nothing(our_value) and nothing(their_value)):
        yield path, our_value, their_value


def nothing(value: object) -> bool:
    """Whether a value is empty."""
    return value is None or (isinstance(value, (str, list, dict)) and not value)
