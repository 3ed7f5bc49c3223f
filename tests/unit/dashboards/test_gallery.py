"""What we build has the form that a real Kibana stored."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generator.dashboards import board
from generator.dashboards.panels import Context

if TYPE_CHECKING:
    from tests.unit.dashboards.conftest import Kit

#: Any piece of JSON.
Json = Any
HERE = Path(__file__).parent
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|gallery-d\w+(-\w+)?|gallery-search-failures")
#: Our panel -> the gallery's dashboard and the place of the panel in it.
TWINS = {
    "nav": ("gallery-d1", 0),
    "words": ("gallery-d1", 1),
    "metric-secondary": ("gallery-d1", 2),
    "metric-bar": ("gallery-d1", 3),
    "metric-trend": ("gallery-d1", 4),
    "metric-split": ("gallery-d1", 5),
    "percentiles": ("gallery-d1", 6),
    "area": ("gallery-d1", 7),
    "bars": ("gallery-d1", 8),
    "reference": ("gallery-d1", 9),
    "error-rate": ("gallery-d2", 1),
    "per-1k": ("gallery-d2", 2),
    "share": ("gallery-d2", 3),
    "shifted": ("gallery-d2", 4),
    "gauge": ("gallery-d2", 5),
    "table": ("gallery-d2", 6),
    "donut": ("gallery-d2", 7),
    "treemap": ("gallery-d2", 8),
    "heatmap": ("gallery-d2", 11),
    "kql": ("gallery-d3", 2),
    "pill": ("gallery-d3", 3),
    "timed": ("gallery-d3", 4),
    "shift": ("gallery-d3", 7),
    "failures": ("gallery-d3", 8),
}
#: Paths that may differ in any panel, and why that is the same to Kibana.
FREE = (
    "^gridData",  # the gallery's places
    "^title$",  # "" where the gallery leaves it out
    r"columns.[cd]\d(_\d)?.params.format$",  # money is rounded by formula: test_money.py
    # What was learnt from pages in use: names are shown whole, below the chart; good is white; a line has no label.
    "legend.(shouldTruncate|position)$",
    "(stops|colorStops)\\[0\\].color$",
    # Kibana's own palette begins with green, which means something here.
    r"colorMapping\.assignmentMode$",
    r"colorMapping\.assignments\[\d\]$",
    r"layers\[0\]\.colorMapping$",
    r"columns\[\d\]\.(summaryRow|summaryLabel)$",  # Kibana would add up money that is rounded
    "visualization.color$",  # a tile without a state is white, too
    r"yConfig\[\d\].(textVisibility|icon)$",
    "format.params.decimals$",
    "visualization.rowHeight$",
    r"stops\[2\].stop$",  # where the last colour ends: `continuity: above` goes on from there
)
#: Paths that differ in one panel on purpose.
KNOWN = {
    "nav": ("links",),  # ids and labels of the links
    "metric-secondary": ("visualization.icon",),
    # Ours has no annotations; a line has no filled area above it.
    "reference": (r"layers\[2\]", "fill$", r"attributes.references\[2\]$"),
    # The ranking column that is not shown has a label and a format of its own.
    "error-rate": ("valueLabels", "columns.c5.label"),
    "per-1k": ("curveType", "format"),
    "share": ("columns.c6", "format"),
    "gauge": ("columns.c3.params.format",),
    "table": ("width", "summaryLabel", "alignment"),
    "timed": ("fittingFunction", "curveType"),
    "shift": ("fittingFunction", "curveType"),
}


@pytest.fixture(scope="module")
def gallery() -> dict[str, Any]:
    """What Kibana 8.12.2 exported, by id."""
    lines = (HERE / "gallery.ndjson").read_text(encoding="utf-8").splitlines()
    return {item["id"]: item for item in map(json.loads, lines) if "id" in item}


@pytest.fixture(scope="module")
def rendered(kit: Kit) -> dict[str, Any]:
    """What we build of gallery.yaml."""
    source = kit.source((HERE / "gallery.yaml").read_text(encoding="utf-8"), "gallery")
    titles = {"one": "Overview", "two": "Formulas and shapes", "three": "requests"}
    dashboard, saved_searches = board.build(source, Context("gallery", "api", kit.catalogue, kit.settings, titles))
    entries = json.loads(dashboard["attributes"]["panelsJSON"])
    ids = [panel.id for panel in source.dashboard.panels]
    return {"dashboard": dashboard, "own": saved_searches, "panels": dict(zip(ids, entries, strict=True))}


@pytest.mark.parametrize("name", TWINS)
def test_panel(name: str, rendered: dict[str, Any], gallery: dict[str, Any]) -> None:
    """A panel equals, key by key, what Kibana stored of the same panel, but for the listed differences."""
    board_id, place = TWINS[name]
    exported = json.loads(gallery[board_id]["attributes"]["panelsJSON"])[place]
    actual = differences(normal(rendered["panels"][name]), normal(exported))
    allowed = (*FREE, *KNOWN.get(name, ()))
    assert not [line for line in actual if not any(re.search(part, line.split(": ")[0]) for part in allowed)]


@pytest.mark.parametrize("name", TWINS)
def test_references(name: str, rendered: dict[str, Any], gallery: dict[str, Any]) -> None:
    """The dashboard refers to what a panel needs under the same names as Kibana's own export."""
    board_id, place = TWINS[name]
    exported = json.loads(gallery[board_id]["attributes"]["panelsJSON"])[place]
    own_part = _references(rendered["dashboard"], rendered["panels"][name]["panelIndex"])
    expected = _references(gallery[board_id], exported["panelIndex"])
    if name == "reference":
        expected.remove(("index-pattern", "<id>:xy-visualization-layer-ann"))
    if name == "nav":
        assert [re.sub("link_.*_", "link_x_", ref) for _, ref in own_part] == ["<id>:link_x_dashboard"] * 3
    else:
        assert own_part == expected


def test_frame(rendered: dict[str, Any], gallery: dict[str, Any]) -> None:
    """The dashboard's own attributes and controls have the gallery's form."""
    own_part, exported = rendered["dashboard"], gallery["gallery-d1"]
    assert {key: own_part[key] for key in ("coreMigrationVersion", "typeMigrationVersion")} == {
        key: exported[key] for key in ("coreMigrationVersion", "typeMigrationVersion")
    }
    drop = ("panelsJSON", "title", "description")
    actual = differences(_unpacked(_without(own_part, drop)), _unpacked(_without(exported, drop)))
    narrower = [f"controlGroupInput.panelsJSON[{number}].width: 'small' != 'medium'" for number in range(3)]
    assert actual == [*narrower, "optionsJSON.syncColors: False != True"]


def test_saved_search(rendered: dict[str, Any], gallery: dict[str, Any]) -> None:
    """A saved search has the gallery's form; widths, rows a page and the rest are a person's choice."""
    own_part, exported = rendered["own"][0], gallery["gallery-search-failures"]
    drop = ("title", "grid", "hits", "rowHeight", "rowsPerPage", "version", "viewMode")
    assert differences(_unpacked(_without(own_part, drop)), _unpacked(_without(exported, drop))) == []
    assert normal(own_part["references"]) == normal(exported["references"])
    assert own_part["typeMigrationVersion"] == exported["typeMigrationVersion"]


def test_data_view(kit: Kit, gallery: dict[str, Any]) -> None:
    """A data view has the gallery's keys, and its formats and runtime fields the gallery's form."""
    from generator.dashboards import objects  # noqa: PLC0415 - only this test needs it

    own_part = objects.data_view(kit.catalogue.views["api"], kit.catalogue)
    exported = gallery["gallery-dv-api"]
    assert set(own_part["attributes"]) == set(exported["attributes"])
    item_, two = _unpacked(own_part["attributes"]), _unpacked(exported["attributes"])
    # Kibana's number formats print 7.5e-7 as "7$.5e-7".
    assert item_["fieldFormatMap"]["holysheep.cost.total"] == {"id": "string"}
    assert item_["fieldFormatMap"]["holysheep.latency.ms"] == two["fieldFormatMap"]["holysheep.latency.ms"]
    assert set(item_["runtimeFieldMap"]["holysheep.call.imbalance"]) == {"type", "script"}
    assert item_["title"] == two["title"]
    assert item_["allowNoIndex"] is True


def normal(panel: Json) -> Json:
    """A panel with ids as <id> and columns as c0, c1, … in their order, groups before time before figures."""
    text = json.dumps(panel)
    state = panel.get("embeddableConfig", {}).get("attributes", {}).get("state") if isinstance(panel, dict) else None
    if state:
        layers = state["datasourceStates"]["formBased"]["layers"]
        for number, layer in enumerate(layers.values()):
            order = sorted(layer["columnOrder"], key=lambda name: _rank(layer["columns"][name]))
            prefix = "c" if number == 0 else f"d{number}_"
            for place, column in sorted(enumerate(order), key=lambda item: -len(item[1])):
                text = re.sub(rf'(?<!"label": )"{re.escape(column)}"(?!:\s*(\[|"))', f'"{prefix}{place}"', text)
    data = json.loads(UUID.sub("<id>", text))
    if state:
        for layer in data["embeddableConfig"]["attributes"]["state"]["datasourceStates"]["formBased"][
            "layers"
        ].values():
            layer["columnOrder"] = sorted(layer["columnOrder"])
    return data


def _rank(column: dict[str, Any]) -> int:
    return {"terms": 0, "date_histogram": 1}.get(column["operationType"], 2)


def differences(own_part: Json, exported: Json, path: str = "") -> list[str]:
    """Every path at which two pieces of data differ."""
    if isinstance(own_part, dict) and isinstance(exported, dict):
        result = []
        for key in sorted(set(own_part) | set(exported)):
            place = f"{path}.{key}".lstrip(".")
            if key in own_part and key in exported:
                result += differences(own_part[key], exported[key], place)
            else:
                result.append(f"{place}: {'only ours' if key in own_part else 'only theirs'}")
        return result
    if isinstance(own_part, list) and isinstance(exported, list) and len(own_part) == len(exported):
        pairs = enumerate(zip(own_part, exported, strict=True))
        return [line for number, (item_, two) in pairs for line in differences(item_, two, f"{path}[{number}]")]
    if isinstance(own_part, list) and isinstance(exported, list) and own_part != exported:
        longer, who = (own_part, "only ours") if len(own_part) > len(exported) else (exported, "only theirs")
        short = min(len(own_part), len(exported))
        remaining = [f"{path}[{number}]: {who}" for number in range(short, len(longer))]
        return differences(own_part[:short], exported[:short], path) + remaining
    return [] if own_part == exported else [f"{path}: {own_part!r} != {exported!r}"]


def _references(dashboard: dict[str, Any], index: str) -> list[tuple[str, str]]:
    result = [ref for ref in dashboard["references"] if ref["name"].startswith(index)]
    return [(ref["type"], UUID.sub("<id>", ref["name"])) for ref in result]


def _without(item: dict[str, Any], drop: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in item["attributes"].items() if key not in drop}


def _unpacked(data: Json) -> Json:
    """Data with the JSON texts in it read, ids as <id>."""
    if isinstance(data, dict) and data and all(UUID.fullmatch(key) for key in data):
        return [_unpacked(value) for value in sorted(data.values(), key=lambda control: control["order"])]
    if isinstance(data, dict):
        return {key: _unpacked(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_unpacked(value) for value in data]
    if isinstance(data, str) and data[:1] in ("{", "["):
        return _unpacked(json.loads(data))
    return UUID.sub("<id>", data) if isinstance(data, str) else data
