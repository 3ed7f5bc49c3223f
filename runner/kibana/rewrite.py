"""Writes what a person changed in Kibana into a dashboard's YAML, as far as the YAML can say it.

Every edit is tried: the edited text is checked and rendered, and stays only when Kibana's value comes out and the rest
is no farther from Kibana than before. What can't be written so is left, and told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import expand, ids, load, render
from generator.dashboards.check import Checker
from generator.dashboards.model import State
from generator.dashboards.yamledit import put, written
from generator.errors import UserError
from runner.kibana import changes, yaml_looks, yaml_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.dashboards.load import Source
    from generator.dashboards.render import Boards

Json = dict[str, Any]
#: Length of the path of a whole panel: panels, and its id.
_PANEL: Final = 2
#: What we choose for each kind of chart. Kibana's editor leaves it as it was when a person chooses another kind.
_OF_KIND: Final = frozenset({"curveType", "fillOpacity", "fittingFunction", "preferredSeriesType", "valueLabels"})
#: Id of an object, and a path in it.
Key = tuple[str, tuple[str, ...]]
#: An edit of the text: places with their new values.
Edits = list[tuple[yaml_values.Place, object]]


@dataclass
class Rewritten:
    """A dashboard's file after the edits, and each edit as a line for people."""

    source: Source
    edits: list[str] = field(default_factory=list)


def run(source: Source, boards: Boards, exported: list[Json]) -> Rewritten:
    """The dashboard's YAML with every change that it can say. `exported`: its objects as Kibana has them."""
    result = Rewritten(source)
    left = _left(source, boards, exported)
    tried: set[str] = set()
    while True:
        for keys, edits in _candidates(result.source, left, exported):
            name = repr(edits)
            if name in tried:
                continue
            tried.add(name)
            edited = _edited(result.source, boards, edits)
            after = _left(edited, boards, exported) if edited else left
            if edited and len(after) < len(left) and not keys & after.keys():
                result.edits += [_line(result.source, place, value) for place, value in edits]
                result.source, left = edited, after
                break
        else:
            return result


def _left(source: Source, boards: Boards, exported: list[Json]) -> dict[Key, object]:
    """Where the rendered dashboard differs from Kibana's, with Kibana's value."""
    rendered = [item for item in render.built(source, boards) if item["type"] in ("dashboard", "search")]
    # What a line of states says follows from the metrics, which a person changes.
    states = {ids.panel_id(source.slug, panel.id) for panel in source.dashboard.panels if isinstance(panel, State)}
    return {
        key: value
        for key, value in changes.different_values(rendered, exported)
        if key[1][-1] not in _OF_KIND and not (key[1][1:2] and key[1][1] in states and "params" in key[1])
    }


def _candidates(source: Source, left: dict[Key, object], exported: list[Json]) -> Iterator[tuple[set[Key], Edits]]:
    """Edits that may bring Kibana's values, each with the differences that it has to end."""
    plain = {item["id"]: changes.plain(item) for item in exported}
    panels = {ids.panel_id(source.slug, panel.id): number for number, panel in enumerate(source.dashboard.panels)}
    searches = {ids.search_id(source.slug, panel.id): n for n, panel in enumerate(source.dashboard.panels)}
    yield from _layouts(source, left, plain.get(ids.dashboard_id(source.slug)), panels)
    for id_, path in left:
        key = {(id_, path)}
        if id_ in searches:
            edit = yaml_values.of_search(path, plain[id_])
            place: yaml_values.Place = ("panels", _number(source, searches[id_]))
        elif path[:1] == ("panels",) and len(path) > 1:
            if path[1] not in panels:
                continue
            number = panels[path[1]]
            place = ("panels", _number(source, number))
            if len(path) == _PANEL:
                continue  # Deleted in Kibana, or newer than the last import: a person has to know.
            panel, entry = source.dashboard.panels[number], plain[id_]["panels"][path[1]]
            edit = yaml_values.of_panel(panel, path[2:], entry)
            looks = [] if edit else yaml_looks.of_panel(panel, path[2:], entry)
            yield from ((key, [((*place, *where), value) for where, value in part]) for part in _parts(looks))
        else:
            edit, place = yaml_values.of_dashboard(path, plain[id_]), ()
            if looks := yaml_looks.of_control(source.dashboard, source.slug, path, plain[id_]):
                yield key, list(looks)
        if edit:
            yield key, [((*place, *edit[0]), edit[1])]


def _parts(looks: list[yaml_values.Edit]) -> Iterator[list[yaml_values.Edit]]:
    """Each edit alone first, so that what a person left as it was keeps the YAML's text; then all together."""
    yield from ([edit] for edit in looks)
    if len(looks) > 1:
        yield looks


def _layouts(
    source: Source, left: dict[Key, object], dashboard: Json | None, panels: dict[str, int]
) -> Iterator[tuple[set[Key], Edits]]:
    """Sizes alone, which let the rest flow; then places too."""
    grid = {key for key in left if key[1][:1] == ("panels",) and key[1][2:3] == ("gridData",)}
    moved = sorted({key[1][1] for key in grid if key[1][1] in panels}, key=panels.__getitem__)
    if not moved or dashboard is None:
        return
    boxes = {index: dashboard["panels"][index]["gridData"] for index in moved}
    resized = [index for index in moved if {(k[1][1], k[1][3]) for k in grid} & {(index, "w"), (index, "h")}]
    sizes: Edits = [(_panel(source, panels[i], "size"), [boxes[i]["w"], boxes[i]["h"]]) for i in resized]
    places: Edits = [(_panel(source, panels[i], "at"), [boxes[i]["x"], boxes[i]["y"]]) for i in moved]
    if sizes:
        yield grid, sizes
    yield grid, [*sizes, *places]


def _panel(source: Source, number: int, key: str) -> yaml_values.Place:
    return ("panels", _number(source, number), key)


def _number(source: Source, number: int) -> int:
    """A panel's number in the file."""
    return source.places[number] if source.places else number


def _edited(source: Source, boards: Boards, edits: Edits) -> Source | None:
    """The dashboard after the edits; None where the YAML refuses them."""
    text = source.document.text
    try:
        for place, value in edits:
            text = put(text, place, value)
        parsed = load.parse(text, source.slug)
        parsed = replace(parsed, document=replace(parsed.document, name=source.document.name))
        edited = expand.source(parsed, boards.settings)
        slugs = {other.slug for other in boards.sources}
        return None if Checker(edited, boards.catalogue, boards.settings, slugs).run() else edited
    except (UserError, ValueError):
        return None


def _line(source: Source, place: yaml_values.Place, value: object) -> str:
    where = source.document.where(place)
    keys = [step for step in place if isinstance(step, str) and step != "panels"]
    return f"{where}: {'.'.join(keys)}: {written(value)}"
