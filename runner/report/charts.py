"""The charts of the report: a panel and its table become a Vega-Lite spec, drawn as SVG."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from generator.dashboards.colors import TONES
from runner.report import look
from runner.report.charts_xy import xy
from runner.report.frame import OTHER
from runner.report.text import value_format

if TYPE_CHECKING:
    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.model import Gauge, Heatmap
    from generator.dashboards.settings import Settings
    from runner.report.frame import Frame

Json = dict[str, Any]
__all__ = ["gauge", "heatmap", "pie", "spark", "treemap", "xy"]


def spark(frame: Frame, tone: str, label: str) -> str:
    """The line over time behind a metric's figure, without axes."""
    data = [
        {"t": row.time.astimezone(UTC).isoformat(), "v": row.figures[0]}
        for row in frame.rows
        if row.time and row.figures[0] is not None
    ]
    encoding = {
        "x": {"field": "t", "type": "temporal", "axis": None},
        "y": {"field": "v", "type": "quantitative", "axis": None},
    }
    mark = {"type": "area", "color": TONES[tone], "opacity": 0.35, "line": {"color": TONES[tone]}}
    return look.svg({"data": {"values": data}, "mark": mark, "encoding": encoding, "width": 220, "height": 36}, label)


def pie(frame: Frame, label: str) -> str:
    """A donut chart. The shares stand in the legend, since slices can be thin."""
    total = sum(row.figures[0] or 0 for row in frame.rows)
    data = [
        {"name": f"{row.groups[0]} {(row.figures[0] or 0) / total:.0%}", "v": row.figures[0], "n": number}
        for number, row in enumerate(frame.rows)
        if total and row.figures[0]
    ]
    names = [str(slice_["name"]) for slice_ in data]
    colors = [
        look.OTHER_COLOR if name.startswith(f"{OTHER} ") else look.PALETTE[n % 10] for n, name in enumerate(names)
    ]
    legend = {"columns": 1, "orient": "right", "labelLimit": 220, "labelFontSize": 13}
    encoding = {
        "theta": {"field": "v", "type": "quantitative", "stack": True},
        "color": {"field": "name", "scale": {"domain": names, "range": colors}, "legend": legend},
        "order": {"field": "n", "type": "quantitative"},
    }
    mark = {"type": "arc", "innerRadius": 55, "outerRadius": 100}
    spec = {"data": {"values": data}, "mark": mark, "encoding": encoding, "width": 220, "height": 210}
    return look.svg(spec, label)


def treemap(frame: Frame, label: str) -> str:
    """A treemap of two levels, drawn by Vega: Vega-Lite has no treemap."""
    nodes: list[Json] = [{"id": "root", "parent": None}]
    outer = list(dict.fromkeys(str(row.groups[0]) for row in frame.rows))
    nodes += [
        {"id": f"o/{name}", "parent": "root", "name": name, "color": _color(name, n)} for n, name in enumerate(outer)
    ]
    for number, row in enumerate(frame.rows):
        if row.figures[0] and row.figures[0] > 0:
            group, leaf = str(row.groups[0]), str(row.groups[-1])
            color = _color(group, outer.index(group))
            name = leaf if len(row.groups) == 1 or leaf == group else f"{group}: {leaf}"
            nodes.append({"id": number, "parent": f"o/{group}", "name": name, "color": color, "v": row.figures[0]})
    size = [{"signal": "width"}, {"signal": "height"}]
    transform: list[Json] = [
        {"type": "stratify", "key": "id", "parentKey": "parent"},
        {
            "type": "treemap",
            "field": "v",
            "sort": {"field": "value", "order": "descending"},
            "size": size,
            "padding": 1,
        },
        {"type": "filter", "expr": "isValid(datum.v)"},
    ]
    box = {"x": {"field": "x0"}, "x2": {"field": "x1"}, "y": {"field": "y0"}, "y2": {"field": "y1"}}
    fits = "(datum.x1 - datum.x0) > 46 && (datum.y1 - datum.y0) > 16"
    label_marks = {
        "x": {"field": "x0", "offset": 4},
        "y": {"field": "y0", "offset": 13},
        "fill": {"value": "#000000"},
        "fontSize": {"value": 11},
        "text": {"signal": f"{fits} ? datum.name : ''"},
        "limit": {"signal": "datum.x1 - datum.x0 - 6"},
    }
    rect = {
        **box,
        "fill": {"field": "color"},
        "description": {"signal": "datum.name + ': ' + format(datum.v, ',.4~r')"},
    }
    return look.vega_svg(
        {
            "$schema": "https://vega.github.io/schema/vega/v5.json",
            "width": 620,
            "height": 220,
            "data": [{"name": "tree", "values": nodes, "transform": transform}],
            "marks": [
                {"type": "rect", "from": {"data": "tree"}, "encode": {"enter": rect}},
                {"type": "text", "from": {"data": "tree"}, "encode": {"enter": label_marks}},
            ],
        },
        label,
    )


def heatmap(panel: Heatmap, frame: Frame, view: ViewInfo, label: str) -> str:
    """Cells whose opacity is the figure: readable in light and dark."""
    data = []
    clock = look.clock(frame.rows[0].time if frame.rows else None)
    for row in frame.rows:
        if row.figures[0]:
            x = clock(row.time) if row.time else str(row.groups[0])
            data.append({"x": x, "y": str(row.groups[-1]), "v": row.figures[0]})
    axis: Json = {"field": "x", "type": "ordinal", "axis": {"labelAngle": 0}}
    if frame.rows and frame.rows[0].time:
        moments = sorted({row.time for row in frame.rows if row.time})
        times = [clock(moment) for moment in moments]
        label_expression = look.time_axis(min(moments), max(moments))["labelExpr"].replace(
            "datum.value", "toDate(datum.value)"
        )
        axis |= {"scale": {"domain": times}, "axis": {"labelExpr": label_expression, "labelAngle": 0}}
    legend = look.axis(value_format(panel.value, view))
    encoding = {
        "x": axis,
        "y": {"field": "y", "type": "nominal"},
        "opacity": {"field": "v", "type": "quantitative", "scale": {"range": [0.15, 1]}, "legend": legend},
    }
    mark = {"type": "rect", "color": "#54B399"}
    return look.svg({"data": {"values": data}, "mark": mark, "encoding": encoding, "height": 180}, label)


def gauge(panel: Gauge, frame: Frame, settings: Settings, label: str) -> str:
    """An arc from min to max, coloured by threshold, with a tick at the goal."""
    low, high = float(settings.number(panel.min)), float(settings.number(panel.max))
    figure = frame.rows[0].figures[0] if frame.rows else None
    value = min(max(figure or 0.0, low), high)
    tone = panel.value.tone or "neutral"
    for threshold in panel.value.thresholds:
        if value >= float(settings.number(threshold.from_)):
            tone = threshold.tone

    def angle(number: float) -> float:
        return (number - low) / (high - low) * 3.14159 - 1.5708

    def arc(start: float, end: float, color: str) -> Json:
        place = {"theta": {"datum": start, "scale": None}, "theta2": {"datum": end}, "y": {"value": 112}}
        return {"mark": {"type": "arc", "innerRadius": 75, "outerRadius": 105, "color": color}, "encoding": place}

    layers = [arc(-1.5708, 1.5708, "#98A2B355"), arc(-1.5708, angle(value), TONES[tone])]
    if panel.goal:
        goal = angle(float(settings.number(panel.goal)))
        layers.append(arc(goal - 0.012, goal + 0.012, TONES["bad"]))
    return look.svg({"data": {"values": [{}]}, "layer": layers, "width": 240, "height": 120}, label)


def _color(name: str, number: int) -> str:
    return look.OTHER_COLOR if name == OTHER else look.PALETTE[number % len(look.PALETTE)]
