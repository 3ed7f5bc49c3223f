"""Lines, bars and areas, with their reference lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.dashboards.colors import TONES
from runner.report import look, times
from runner.report.frame import OTHER
from runner.report.text import value_format

if TYPE_CHECKING:
    from datetime import datetime

    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.model import XY
    from generator.dashboards.render import Boards
    from generator.dashboards.settings import Settings
    from runner.report.frame import Frame, Row

Json = dict[str, Any]
#: Letters of names that fit beside one another below a chart.
_ONE_LINE = 36
#: Letters of a name of which no three fit beside one another.
_LONG = 12
#: Columns of half a page.
_HALF = 24
#: Share of an interval that its bars fill when they stand side by side.
_FILLED = 0.8


def xy(panel: XY, frame: Frame, view: ViewInfo, boards: Boards, label: str) -> str:
    """The chart of a panel with axes."""
    names = series(panel, frame)
    clock = look.clock(frame.rows[0].time if frame.rows else None)
    beside = panel.kind == "bar" and not panel.stacked and len(names) > 1
    data: list[Json] = []
    for row in frame.rows:
        for number, figure in enumerate(row.figures):
            if figure is None and not (panel.kind == "area" and row.time):
                continue
            point: Json = {"s": _name(panel, row, number), "v": figure or 0}
            if row.time:
                start, end = row.time, times.after(row.time, frame.width)
                if beside:
                    start, end = _place(start, end, names.index(point["s"]), len(names))
                point |= {"x": clock(start), "x2": clock(end)}
            else:
                point["x"] = str(row.groups[0])
            data.append({**point, "n": names.index(point["s"])})
    format_ = value_format(panel.values[0], view)
    color: Json = {
        "field": "s",
        "type": "nominal",
        "scale": {"domain": names, "range": _colors(panel, names, boards.catalogue.colors)},
    }
    if len(names) == 1 or panel.legend == "none":
        color["legend"] = None
    elif sum(map(len, names)) <= _ONE_LINE:
        color["legend"] = {"columns": len(names)}
    elif max(map(len, names)) > _LONG:
        # A legend wider than the plot would shrink the whole chart.
        color["legend"] = {"columns": 2}
    timed = bool(frame.rows and frame.rows[0].time)
    main = _timed(panel, frame, color, format_) if timed else _grouped(panel, frame, color, format_)
    layers = [{"data": {"values": data}, **main}]
    layers += [_line(panel, number, boards.settings) for number in range(len(panel.lines))]
    height = max(120, 24 * len({row.groups[0] for row in frame.rows}) + 20) if panel.horizontal else look.HEIGHT
    wide = look.WIDTH * max(panel.size[0], _HALF) // _HALF
    return look.svg({"layer": layers, "height": height, "width": wide - 60}, label)


def series(panel: XY, frame: Frame) -> list[str]:
    """The names of the series, the group of the rest last."""
    names = dict.fromkeys(_name(panel, row, number) for row in frame.rows for number in range(len(panel.values)))
    return sorted(names, key=lambda name: name == OTHER)


def _place(start: datetime, end: datetime, number: int, count: int) -> tuple[datetime, datetime]:
    """Start and end of one of several bars that share an interval, from the left."""
    width = (end - start) * _FILLED / count
    first = start + (end - start) * (1 - _FILLED) / 2 + width * number
    return first, first + width


def _name(panel: XY, row: Row, number: int) -> str:
    if panel.split is None:
        return panel.values[number].label
    group = str(row.groups[-1])
    return group if len(panel.values) == 1 else f"{group}: {panel.values[number].label}"


def _colors(panel: XY, names: list[str], colors: dict[str, dict[str, str]]) -> list[str]:
    """The colour of each series: its own from colors.yaml or `tone`, else the next of the palette."""
    if panel.split and panel.split.field in colors:
        return [colors[panel.split.field].get(name, look.OTHER_COLOR) for name in names]
    if panel.split is None and any(value.tone for value in panel.values):
        return [TONES[value.tone or "neutral"] for value in panel.values]
    return [look.OTHER_COLOR if name == OTHER else look.PALETTE[n % len(look.PALETTE)] for n, name in enumerate(names)]


def _timed(panel: XY, frame: Frame, color: Json, format_: str | None) -> Json:
    y: Json = {"field": "v", "type": "quantitative", "axis": look.axis(format_)}
    moments = [row.time for row in frame.rows if row.time]
    axis = look.time_axis(min(moments), max(moments))
    # The whole range, not only where there is data: one event would fill the chart.
    end = times.after(max(moments), frame.width) if panel.kind == "bar" else max(moments)
    clock = look.clock(min(moments))
    scale = {"type": "utc", "domain": [clock(min(moments)), clock(end)]}
    x: Json = {"field": "x", "type": "temporal", "scale": scale, "axis": axis}
    if panel.kind == "line":
        mark: Json = {"type": "line", "point": {"size": 16}, "strokeWidth": 2}
        return {"mark": mark, "encoding": {"x": x, "y": y, "color": color}}
    if panel.kind == "area":
        y["stack"] = "zero" if panel.stacked else None
        mark = {"type": "area", "opacity": 0.55, "line": {"strokeWidth": 1.5}, "point": {"size": 10}}
        return {"mark": mark, "encoding": {"x": x, "y": y, "color": color, "order": {"field": "n"}}}
    # A bar is as wide as its interval, so it is a rectangle whose stack is computed here.
    stack = {"stack": "v", "groupby": ["x"], "sort": [{"field": "n"}], "as": ["y0", "y1"]}
    encoding = {
        "x": {**x, "bandPosition": 0},
        "x2": {"field": "x2"},
        "y": {"field": "y0", "type": "quantitative", "axis": look.axis(format_)},
        "y2": {"field": "y1"},
        "color": color,
    }
    return {"transform": [stack], "mark": {"type": "rect", "stroke": None}, "encoding": encoding}


def _grouped(panel: XY, frame: Frame, color: Json, format_: str | None) -> Json:
    order = list(dict.fromkeys(str(row.groups[0]) for row in frame.rows))
    few = len(order) <= 3  # noqa: PLR2004 - a lone bar would fill the chart
    scale = {"paddingInner": 0.3, "paddingOuter": 1.2 if few else 0.15}
    group: Json = {"field": "x", "type": "nominal", "sort": order, "scale": scale}
    figure: Json = {"field": "v", "type": "quantitative", "axis": look.axis(format_)}
    encoding: Json = {"color": color, "order": {"field": "n"}}
    if not panel.stacked and panel.split:
        encoding["yOffset" if panel.horizontal else "xOffset"] = {"field": "s"}
    if panel.horizontal:
        encoding |= {"y": group, "x": {**figure, "axis": {**figure["axis"], "grid": True}}}
    else:
        encoding |= {"x": {**group, "axis": {"labelAngle": 0 if len(order) <= 4 else -30}}, "y": figure}  # noqa: PLR2004
    return {"mark": {"type": "bar"}, "encoding": encoding}


def _line(panel: XY, number: int, settings: Settings) -> Json:
    """A reference line, with its label above it inside the plot."""
    line = panel.lines[number]
    value = float(settings.number(line.value))
    place: Json = {"y": {"datum": value}} if not panel.horizontal else {"x": {"datum": value}}
    rule = {
        "mark": {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 2, "color": TONES[line.tone]},
        "encoding": place,
    }
    text = {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -3, "text": line.label}
    label = {"mark": text, "encoding": {**place, "x" if not panel.horizontal else "y": {"value": 0}}}
    return {"data": {"values": [{}]}, "layer": [rule, label]}
