"""How a panel looks: which values of the YAML make the chart's kind, thresholds, lines and colours of Kibana.

As in `yaml_values` these are guesses, which `rewrite` checks by rendering.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import ids
from generator.dashboards.colors import FILLS, TONES
from generator.dashboards.model import XY, Metric, Table

if TYPE_CHECKING:
    from generator.dashboards.model import Dashboard, Panel
    from generator.dashboards.parts import Threshold
    from runner.kibana.yaml_values import Edit, Place

Json = dict[str, Any]
_VISUALIZATION: Final = ("embeddableConfig", "attributes", "state", "visualization")
_LINES: Final = ("embeddableConfig", "attributes", "state", "datasourceStates", "formBased", "layers", "ref", "columns")
_CONTROLS: Final = ("attributes", "controlGroupInput", "panelsJSON")
#: A chart of Kibana → kind, stacked, horizontal.
_CHARTS: Final = {
    "line": ("line", False, False),
    "area": ("area", False, False),
    "area_stacked": ("area", True, False),
    "bar": ("bar", False, False),
    "bar_stacked": ("bar", True, False),
    "bar_horizontal": ("bar", False, True),
    "bar_horizontal_stacked": ("bar", True, True),
}


def of_panel(panel: Panel, path: tuple[str, ...], entry: Json) -> list[Edit]:
    """The keys of the panel's YAML and their values, to be changed together; none where the YAML has no such keys."""
    if isinstance(panel, XY):
        return _of_chart(panel, path, entry)
    if path[:4] != _VISUALIZATION:
        return []
    visualization = entry["embeddableConfig"]["attributes"]["state"]["visualization"]
    if isinstance(panel, Metric) and path[4:5] == ("palette",):
        return _thresholds(("value", "thresholds"), panel.value.thresholds, visualization.get("palette"))
    if isinstance(panel, Table) and path[4:5] == ("columns",) and path[6:7] == ("palette",):
        column = visualization["columns"][int(path[5])]
        number = _number(str(column["columnId"]), "m")
        if number is not None and number < len(panel.values):
            place: Place = ("values", number, "thresholds")
            return _thresholds(place, panel.values[number].thresholds, column.get("palette"))
    return []


def of_control(dashboard: Dashboard, slug: str, path: tuple[str, ...], theirs: Json) -> list[Edit]:
    """The title of a control. Its field is its name in Kibana: a control of another field is another one."""
    if path[:3] != _CONTROLS or path[4:] != ("explicitInput", "title"):
        return []
    names = [ids.stable("dashboard", slug, "control", control.field) for control in dashboard.controls]
    controls = theirs["attributes"]["controlGroupInput"]["panelsJSON"]
    return [(("controls", names.index(path[3]), "title"), controls[path[3]]["explicitInput"]["title"])]


def _of_chart(panel: XY, path: tuple[str, ...], entry: Json) -> list[Edit]:
    state = entry["embeddableConfig"]["attributes"]["state"]
    if path == (*_VISUALIZATION, "layers", "0", "seriesType"):
        chart = _CHARTS.get(str(state["visualization"]["layers"][0]["seriesType"]))
        ours = (panel.kind, panel.stacked, panel.horizontal)
        names = ("kind", "stacked", "horizontal")
        return [((name,), new) for name, old, new in zip(names, ours, chart or ours, strict=True) if new != old]
    if path[:8] == _LINES and len(path) > len(_LINES) + 1:
        number = _number(path[8], "r")
        key = {("params", "value"): "value", ("label",): "label"}.get(path[9:])
        if key and number is not None and number < len(panel.lines):
            column = state["datasourceStates"]["formBased"]["layers"]["ref"]["columns"][path[8]]
            return [(("lines", number, key), str(column["params"]["value"] if key == "value" else column["label"]))]
    if path[:5] == (*_VISUALIZATION, "layers") and path[6:7] == ("yConfig",) and path[8:] == ("color",):
        return _tone(panel, state["visualization"]["layers"][int(path[5])]["yConfig"][int(path[7])])
    return []


def _tone(panel: XY, config: Json) -> list[Edit]:
    """The colour of a line or of a reference line, where it is one that the YAML has a name for."""
    tone = _named(str(config["color"]), TONES)
    name = str(config["forAccessor"])
    for key, letter, count in (("values", "m", len(panel.values)), ("lines", "r", len(panel.lines))):
        number = _number(name, letter)
        if tone and number is not None and number < count:
            return [((key, number, "tone"), tone)]
    return []


def _thresholds(place: Place, ours: tuple[Threshold, ...], palette: Json | None) -> list[Edit]:
    """Limits and colours of as many thresholds as before; else all thresholds, with the words of the same colour."""
    stops = (palette or {}).get("params", {}).get("colorStops") or []
    tones = [_named(str(stop["color"]), FILLS) or _named(str(stop["color"]), TONES) for stop in stops]
    if not stops or None in tones:
        return []
    if len(ours) == len(tones):
        colored = [
            ((*place, number, "tone"), tone)
            for number, (threshold, tone) in enumerate(zip(ours, tones, strict=True))
            if FILLS[threshold.tone] != FILLS[tone or ""]
        ]
        return [*colored, *(((*place, number, "from"), stop["stop"]) for number, stop in enumerate(stops))]
    words: dict[str, str | None] = {threshold.tone: threshold.word for threshold in ours}
    listed = []
    for tone, stop in zip(tones, stops, strict=True):
        word = words.get(tone or "")
        listed.append({"from": stop["stop"], "tone": tone} | ({"word": word} if word else {}))
    return [(place, listed)]


def _named(color: str, colors: dict[str, str]) -> str | None:
    return next((name for name, value in colors.items() if value.lower() == color.lower()), None)


def _number(name: str, letter: str) -> int | None:
    """The number in a column's name such as m0."""
    return int(name[1:]) if name[:1] == letter and name[1:].isdigit() else None
