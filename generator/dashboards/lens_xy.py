"""Lens' XY charts: lines, bars and areas, with reference lines in a layer of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.dashboards import colors
from generator.dashboards.columns import Json, Layer, figures, groups, ranks
from generator.dashboards.parts import Over, Split

if TYPE_CHECKING:
    from generator.dashboards.model import XY
    from generator.dashboards.settings import Settings


def xy(panel: XY, layer: Layer, settings: Settings) -> tuple[Json, dict[str, Layer]]:
    """The visualisation and its layers."""
    values = list(panel.values)
    names = [f"m{number}" for number in range(len(values))]
    splits = {"x": panel.x} if isinstance(panel.x, Split) else {}
    if panel.split:
        splits["s"] = panel.split
    groups(layer, splits, values, names)
    if isinstance(panel.x, Over):
        layer.time("x", panel.x)
    figures(layer, "m", values)
    ranks(layer)
    layers = {"l1": layer}
    series = series_type(panel)
    state: Json = {
        "legend": _legend(panel),
        "valueLabels": "show" if panel.horizontal else "hide",
        "fittingFunction": "Linear" if panel.kind == "line" else "None",
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": True},
        "tickLabelsVisibilitySettings": {"x": True, "yLeft": True, "yRight": True},
        "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
        "gridlinesVisibilitySettings": {"x": True, "yLeft": True, "yRight": True},
        "preferredSeriesType": series,
        "layers": [_data(panel, series, names, layer)],
    }
    if panel.kind == "line":
        state["curveType"] = "LINEAR"
    if panel.kind == "area":
        state["fillOpacity"] = 0.5
    if panel.lines:
        state["layers"].append(_lines(panel, layers, layer, settings))
    return state, layers


def series_type(panel: XY) -> str:
    """Lens' name of the kind of series."""
    name: str = panel.kind
    if panel.horizontal:
        name += "_horizontal"
    return f"{name}_stacked" if panel.stacked else name


def _legend(panel: XY) -> Json:
    """Below the chart: beside it names are cut after ten letters."""
    legend = {"isVisible": panel.legend != "none", "position": "bottom", "showSingleSeries": True}
    return {**legend, "shouldTruncate": False}


def _data(panel: XY, series: str, names: list[str], layer: Layer) -> Json:
    state: Json = {
        "layerId": "l1",
        "layerType": "data",
        "seriesType": series,
        "accessors": names,
        "xAccessor": "x",
        "position": "top",
        "showGridlines": False,
    }
    toned = [(name, value.tone) for name, value in zip(names, panel.values, strict=True) if value.tone]
    if toned:
        state["yConfig"] = [
            {"forAccessor": name, "color": colors.TONES[tone], "axisMode": "left"} for name, tone in toned
        ]
    if panel.split:
        state |= {"splitAccessor": "s", "colorMapping": colors.mapping(layer.colors(panel.split))}
    return state


def _lines(panel: XY, layers: dict[str, Layer], data: Layer, settings: Settings) -> Json:
    layer = layers.setdefault("ref", Layer(data.view, chart=True, unfiltered=data.unfiltered))
    configs: list[Json] = []
    for number, line in enumerate(panel.lines):
        name = layer.static(f"r{number}", settings.number(line.value), line.label, line.format)
        config: Json = {"forAccessor": name, "axisMode": "left", "color": colors.TONES[line.tone]}
        # Kibana cuts a label on the margin to a few letters: the panel's title says what the line is.
        config |= {"lineStyle": "dashed", "lineWidth": 2, "fill": "none", "textVisibility": False}
        configs.append({**config, "icon": "empty", "iconPosition": "auto"})
    return {
        "layerId": "ref",
        "layerType": "referenceLine",
        "accessors": [config["forAccessor"] for config in configs],
        "yConfig": configs,
    }
