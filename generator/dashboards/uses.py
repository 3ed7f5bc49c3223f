"""The figures and groups of a panel with their places in the file, for the checks, Kibana and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.dashboards import formula
from generator.dashboards.model import XY, Gauge, Heatmap, Metric, Panel, Pie, Table
from generator.dashboards.parts import Over, Split, Value

if TYPE_CHECKING:
    from generator.yamltext import Place

#: Label of the figure that ranks groups when no figure of the panel can.
COUNT = Value(label="Documents", formula="count()")


def values(panel: Panel) -> list[tuple[Place, Value]]:
    """The figures of a panel, each with its place below the panel."""
    match panel:
        case Metric():
            second: list[tuple[Place, Value]] = [(("secondary",), panel.secondary)] if panel.secondary else []
            return [(("value",), panel.value), *second]
        case XY() | Table():
            return [(("values", number), value) for number, value in enumerate(panel.values)]
        case Pie() | Heatmap() | Gauge():
            return [(("value",), panel.value)]
        case _:
            return []


def splits(panel: Panel) -> list[tuple[Place, Split]]:
    """The groups of a panel, outermost first. A time axis lies within them, as Lens' editor places it:
    the top values are those of the whole chart, not of each interval.
    """
    match panel:
        case Metric():
            return [(("split",), panel.split)] if panel.split else []
        case XY():
            series: list[tuple[Place, Split]] = [(("split",), panel.split)] if panel.split else []
            return [(("x",), panel.x), *series] if isinstance(panel.x, Split) else series
        case Pie():
            return [(("groups", number), split) for number, split in enumerate(panel.groups)]
        case Table():
            return [(("rows", number), split) for number, split in enumerate(panel.rows)]
        case Heatmap():
            x: list[tuple[Place, Split]] = [(("x",), panel.x)] if isinstance(panel.x, Split) else []
            return [*x, (("y",), panel.y)]
        case _:
            return []


def over(panel: Panel) -> Over | None:
    """The time axis of a panel."""
    return panel.x if isinstance(panel, (XY, Heatmap)) and isinstance(panel.x, Over) else None


def plain_call(value: Value) -> formula.Call | None:
    """The call that a figure consists of, None for a formula that computes."""
    root = formula.parse(value.formula).root
    return root if isinstance(root, formula.Call) else None


def can_rank(value: Value) -> bool:
    """Whether Lens sorts groups by a figure: not by one that computes, nor by a fractional percentile."""
    call = plain_call(value)
    return call is not None and (call.percentile is None or call.percentile.is_integer())


def rank_value(split: Split, figures: list[Value]) -> Value | None:
    """The figure that ranks a split's groups; None for the order of names, COUNT when no figure can.

    A figure that is not one of the panel's (a formula of the split's own, COUNT) is computed, but not shown.
    """
    if split.order == "name":
        return None
    if "(" in split.order:
        return Value(label=split.order, formula=split.order)
    if split.order != "value":
        return next(figure for figure in figures if figure.label == split.order)
    return next((figure for figure in figures if can_rank(figure)), COUNT)
