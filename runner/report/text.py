"""Figures and groups as text, and a panel's table as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import formats, uses
from generator.dashboards.colors import TONES
from runner.report import times
from runner.report.ask import MISSING
from runner.report.frame import OTHER

if TYPE_CHECKING:
    from datetime import tzinfo

    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.parts import Value
    from generator.dashboards.settings import Settings
    from runner.report.frame import Frame

#: Rows of a chart's own table; the chart shows the rest.
MOST_ROWS: Final = 60


@dataclass(frozen=True)
class Cell:
    """One cell: its words, whether it is a number, and its colour."""

    text: str
    number: bool = False
    color: str | None = None


@dataclass(frozen=True)
class Grid:
    """A table: column heads, rows, totals, and the number of rows that were left out."""

    heads: list[Cell]
    rows: list[list[Cell]]
    totals: list[Cell] | None = None
    left_out: int = 0


def value_format(value: Value, view: ViewInfo) -> str | None:
    """The format of a figure: its own, else the format of its field's unit; `date` for a time."""
    call = uses.plain_call(value)
    if value.format or call is None or call.field is None or call.name == "unique_count":
        return value.format or ("integer" if call else None)
    field = view.fields[call.field]
    return "date" if field.type == "date" else field.format


def figure(number: float | None, format_: str | None, zone: tzinfo = UTC) -> str:
    """A figure as text. A time is shown in the time zone `zone`."""
    if format_ == "date" and number is not None:
        return moment(times.from_millis(number, zone))
    return formats.text(number, None if format_ == "date" else format_)


def moment(when: datetime) -> str:
    """A time as text, with seconds unless they are 0."""
    return when.strftime("%Y-%m-%d %H:%M" if when.second == 0 else "%Y-%m-%d %H:%M:%S")


def grid(
    frame: Frame,
    view: ViewInfo,
    settings: Settings,
    *,
    sort: int | None = None,
    max_rows: int | None = None,
) -> Grid:
    """The table of a panel. `sort` is the figure that sorts it, descending."""
    rows = list(frame.rows)
    if sort is not None:
        rows.sort(key=lambda row: _descending(row.figures[sort]))
    value_formats = [value_format(value, view) for value in frame.values]
    heads = [Cell(f"Time ({times.zone_name(rows[0].time)})")] if rows and rows[0].time else []
    heads += [Cell(split.label or split.field) for split in frame.splits] + ([Cell(frame.head)] if frame.head else [])
    heads += [Cell(value.label, number=True) for value in frame.values]
    body = []
    for row in rows[:max_rows]:
        cells = [Cell(moment(row.time))] if row.time else []
        cells += [Cell(str(group)) for group in row.groups]
        for number, value, format_ in zip(row.figures, frame.values, value_formats, strict=True):
            cells.append(
                Cell(figure(number, format_, settings.zone), number=True, color=_color(number, value, settings))
            )
        body.append(cells)
    totals = _totals(frame, value_formats) if any(value.total for value in frame.values) and len(rows) > 1 else None
    return Grid(heads, body, totals, max(0, len(rows) - max_rows) if max_rows else 0)


def pivot(frame: Frame, view: ViewInfo) -> Grid:
    """The table of a chart over time: one row for each time with data, one column for each series."""
    format_ = value_format(frame.values[0], view)
    names = sorted(dict.fromkeys(str(row.groups[-1]) for row in frame.rows), key=lambda name: name == OTHER)
    figures_by_time: dict[datetime, dict[str, float | None]] = {}
    for row in frame.rows:
        if row.time and row.figures[0] is not None:
            figures_by_time.setdefault(row.time, {})[str(row.groups[-1])] = row.figures[0]
    zone = times.zone_name(next(iter(figures_by_time), datetime.now(UTC)))
    heads = [Cell(f"Time ({zone})"), *(Cell(name, number=True) for name in names)]
    rows = [
        [Cell(moment(when)), *(Cell(figure(series.get(name), format_), number=True) for name in names)]
        for when, series in sorted(figures_by_time.items())
    ]
    return Grid(heads, rows[:MOST_ROWS], left_out=max(0, len(rows) - MOST_ROWS))


def chart_grid(frame: Frame, view: ViewInfo, settings: Settings) -> Grid:
    """The table that stands in for a chart."""
    if len(frame.splits) == 1 and len(frame.values) == 1 and frame.rows and frame.rows[0].time:
        return pivot(frame, view)
    return grid(frame, view, settings, max_rows=MOST_ROWS)


def field_text(name: str, value: Any, view: ViewInfo) -> str:  # noqa: ANN401 - whatever a document holds
    """A document's value as words."""
    if isinstance(value, list):
        return ", ".join(field_text(name, item, view) for item in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return formats.NOTHING if value is None else str(value)
    field = view.fields[name]
    return formats.text(value, "usd6" if field.unit == "USD" else field.format)


def _totals(frame: Frame, value_formats: list[str | None]) -> list[Cell]:
    cells = [Cell("Total"), *[Cell("")] * (len(frame.splits) - 1)]
    for number, (value, format_) in enumerate(zip(frame.values, value_formats, strict=True)):
        total = sum(row.figures[number] or 0 for row in frame.rows)
        cells.append(Cell(figure(total, format_) if value.total else "", number=True))
    return cells


def _color(number: float | None, value: Value, settings: Settings) -> str | None:
    color = None
    for threshold in value.thresholds:
        if number is not None and number >= float(settings.number(threshold.from_)):
            color = TONES[threshold.tone]
    return color


def _descending(number: float | None) -> tuple[bool, float]:
    return number is None, -(number or 0)


__all__ = [
    "MISSING",
    "MOST_ROWS",
    "Cell",
    "Grid",
    "chart_grid",
    "field_text",
    "figure",
    "grid",
    "moment",
    "value_format",
]
