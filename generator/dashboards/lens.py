"""Lens panels: a visualisation and its layers, as Kibana 8.12 stores them by value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from generator.dashboards import colors, formats, uses
from generator.dashboards.columns import Json, Layer, figures, groups, ranks
from generator.dashboards.lens_xy import xy
from generator.dashboards.model import XY, Gauge, Heatmap, Metric, Pie, Table
from generator.dashboards.parts import Over, Split, Value

if TYPE_CHECKING:
    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.settings import Settings

Colors = dict[str, dict[str, str]]
Chart = Metric | XY | Pie | Table | Heatmap | Gauge


@dataclass
class Built:
    """A Lens state before its frame: what is drawn, and the layers by id."""

    type: str
    visualization: Json
    layers: dict[str, Layer] = field(default_factory=dict)


def build(panel: Chart, view: ViewInfo, settings: Settings, palette: Colors | None = None) -> Built:
    """The visualisation of a panel. `palette` has the colour of each value, by field."""
    layer = Layer(view, palette=palette or {}, chart=_is_chart(panel), unfiltered=panel.unfiltered)
    match panel:
        case Metric():
            return _metric(panel, layer, settings)
        case XY():
            visualization, layers = xy(panel, layer, settings)
            return Built("lnsXY", visualization, layers)
        case Pie():
            return _pie(panel, layer)
        case Table():
            return _table(panel, layer, settings)
        case Heatmap():
            return _heatmap(panel, layer)
        case Gauge():
            return _gauge(panel, layer, settings)


def _is_chart(panel: Chart) -> bool:
    """Whether figures are seen as areas, not read as numbers: bars by name show theirs."""
    return isinstance(panel, (Pie, Heatmap)) or (isinstance(panel, XY) and isinstance(panel.x, Over))


def _metric(panel: Metric, layer: Layer, settings: Settings) -> Built:
    state: Json = {"layerId": "l1", "layerType": "data"}
    values = [value for _, value in uses.values(panel)]
    names = figures(layer, "m", values)
    state["metricAccessor"] = names[0]
    if panel.secondary:
        state["secondaryMetricAccessor"] = names[1]
        if panel.prefix:
            state["secondaryPrefix"] = panel.prefix
    if panel.subtitle:
        state["subtitle"] = formats.unbroken(panel.subtitle)
    if panel.split:
        groups(layer, {"b": panel.split}, values, names)
        ranks(layer)
        state |= {"breakdownByAccessor": "b", "maxCols": panel.columns}
    if panel.max:
        state |= {"maxAccessor": layer.static("max", settings.number(panel.max)), "showBar": True}
        state["progressDirection"] = "horizontal"
    if panel.value.thresholds:
        state["palette"] = colors.palette(panel.value.thresholds, settings, tones=colors.FILLS)
    elif panel.trend or panel.max:
        state["color"] = colors.TONES[panel.value.tone or "neutral"]
    else:
        # Kibana's own colour of a tile is grey, which looks switched off beside the white ones.
        state["color"] = colors.FILLS["good"]
    layers = {"l1": layer}
    if panel.trend:
        trend = Layer(layer.view, link="l1", unfiltered=layer.unfiltered)
        state |= {"trendlineLayerId": "l2", "trendlineLayerType": "metricTrendline"}
        state |= {"trendlineTimeAccessor": trend.time("t", Over())}
        state |= {"trendlineMetricAccessor": trend.figure("n", panel.value)}
        layers["l2"] = trend
    return Built("lnsMetric", state, layers)


def _pie(panel: Pie, layer: Layer) -> Built:
    splits = {f"s{number}": split for number, split in enumerate(panel.groups)}
    groups(layer, splits, [panel.value], ["m0"])
    state: Json = {
        "layerId": "l1",
        "layerType": "data",
        "numberDisplay": "percent",
        "categoryDisplay": "default",
        "legendDisplay": "default" if panel.kind == "donut" else "hide",
        "nestedLegend": False,
        "primaryGroups": list(splits),
        "metrics": figures(layer, "m", [panel.value]),
    }
    ranks(layer)
    state["colorMapping"] = colors.mapping(layer.colors(panel.groups[0]))
    if panel.kind == "donut":
        state["emptySizeRatio"] = 0.54
    return Built("lnsPie", {"shape": panel.kind, "layers": [state]}, {"l1": layer})


def _table(panel: Table, layer: Layer, settings: Settings) -> Built:
    splits = {f"s{number}": split for number, split in enumerate(panel.rows)}
    values = list(panel.values)
    names = [f"m{number}" for number in range(len(values))]
    columns: list[Json] = []
    if panel.cases:
        # Kibana aligns the names of queries like numbers, and shares the width out evenly.
        name = layer.cases("c0", panel.cases, panel.cases_label)
        columns.append({"columnId": name, "isTransposed": False, "alignment": "left", "width": panel.cases_width})
    groups(layer, splits, values, names)
    figures(layer, "m", values)
    columns += [_group(name, split) for name, split in splits.items()]
    for name, value in zip(names, values, strict=True):
        column: Json = {"columnId": name, "isTransposed": False}
        # Kibana adds up what it shows: money that is rounded by row makes a sum of its own, with four decimals.
        if value.total and not formats.money(value.format):
            column |= {"summaryRow": "sum", "summaryLabel": "Total"}
        if value.thresholds:
            column |= {"colorMode": value.color, "palette": _cells(value, settings)}
        columns.append(column)
    # Every column but the parts of formulas has to be listed, or the table fails to draw.
    columns += [{"columnId": name, "isTransposed": False, "hidden": True} for name in ranks(layer)]
    sort = next((name for name, value in zip(names, values, strict=True) if value.label == panel.sort), names[0])
    sorting: Json = {} if panel.cases else {"sorting": {"columnId": sort, "direction": "desc"}}
    state = {
        "layerId": "l1",
        "layerType": "data",
        "columns": columns,
        **sorting,
        "paging": {"size": panel.page, "enabled": not panel.cases},
        "rowHeight": "auto",
        "headerRowHeight": "single",
        "fitRowToContent": False,
    }
    return Built("lnsDatatable", state, {"l1": layer})


def _group(name: str, split: Split) -> Json:
    column: Json = {"columnId": name, "isTransposed": False}
    return {**column, "width": split.width} if split.width else column


def _cells(value: Value, settings: Settings) -> Json:
    tones = colors.FILLS if value.color == "cell" else colors.TONES
    return colors.palette(value.thresholds, settings, tones=tones)


def _heatmap(panel: Heatmap, layer: Layer) -> Built:
    splits = {"x": panel.x} if isinstance(panel.x, Split) else {}
    groups(layer, {**splits, "y": panel.y}, [panel.value], ["m0"])
    if isinstance(panel.x, Over):
        layer.time("x", panel.x)
    (value,) = figures(layer, "m", [panel.value])
    ranks(layer)
    grid = ("isYAxisLabelVisible", "isXAxisLabelVisible")
    titles = ("isCellLabelVisible", "isYAxisTitleVisible", "isXAxisTitleVisible")
    state: Json = {
        "layerId": "l1",
        "layerType": "data",
        "shape": "heatmap",
        "xAccessor": "x",
        "yAccessor": "y",
        "valueAccessor": value,
        "palette": {"type": "palette", "name": "positive", "accessor": value},
        "legend": {"isVisible": True, "position": "right", "type": "heatmap_legend"},
        "gridConfig": {"type": "heatmap_grid", **dict.fromkeys(grid, True), **dict.fromkeys(titles, False)},
    }
    return Built("lnsHeatmap", state, {"l1": layer})


def _gauge(panel: Gauge, layer: Layer, settings: Settings) -> Built:
    state: Json = {"layerId": "l1", "layerType": "data", "shape": "arc"}
    state["metricAccessor"] = layer.figure("m0", panel.value)
    state["minAccessor"] = layer.static("min", settings.number(panel.min))
    state["maxAccessor"] = layer.static("max", settings.number(panel.max))
    if panel.goal:
        goal = layer.static("goal", settings.number(panel.goal), panel.goal_label, panel.value.format)
        state["goalAccessor"] = goal
    state |= {"labelMajorMode": "auto", "labelMinor": panel.subtitle, "ticksPosition": "auto"}
    if panel.value.thresholds:
        state |= {"colorMode": "palette", "palette": colors.palette(panel.value.thresholds, settings)}
    else:
        state["colorMode"] = "none"
    return Built("lnsGauge", state, {"l1": layer})


def attributes(built: Built, filter_: str, filters: list[Json], references: list[Json]) -> Json:
    """A Lens object by value: title and description stay with the panel."""
    layers = {name: layer.state() for name, layer in built.layers.items()}
    sources: dict[str, Any] = {"formBased": {"layers": layers}}
    state = {
        "visualization": built.visualization,
        "query": {"query": filter_, "language": "kuery"},
        "filters": filters,
        "datasourceStates": {**sources, "indexpattern": {"layers": {}}, "textBased": {"layers": {}}},
        "internalReferences": [],
        "adHocDataViews": {},
    }
    frame = {"title": "", "description": "", "visualizationType": built.type, "type": "lens"}
    return {**frame, "references": references, "state": state}
