"""Reads a panel's data and makes what the page shows: a tile, a chart with its table, a table, or text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.dashboards import formats, kql, uses
from generator.dashboards.colors import TONES
from generator.dashboards.model import XY, Gauge, Heatmap, Links, Markdown, Metric, Pie, Search, State, Table
from runner.report import charts, text, times
from runner.report.ask import Json, question
from runner.report.frame import Frame, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.lens import Chart
    from generator.dashboards.load import Source
    from generator.dashboards.model import Panel
    from generator.dashboards.render import Boards
    from runner.report.text import Grid


@dataclass
class Tile:
    """A big figure: label, value, colour, lines below it, and how full its bar is (0 to 1)."""

    label: str
    value: str
    color: str | None = None
    word: str = ""
    """The state as a word, beside the colour."""
    below: list[str] = field(default_factory=list)
    full: float | None = None


@dataclass
class Shown:
    """A panel on the page. `columns` is its share of 48 columns."""

    id: str
    title: str
    columns: int
    kind: str
    note: str = ""
    period: str = ""
    """Its own time range, where it is not the dashboard's."""
    tiles: list[Tile] = field(default_factory=list)
    svg: str = ""
    grid: Grid | None = None
    words: str = ""
    to: str | None = None


@dataclass(frozen=True)
class Scope:
    """Which documents a panel looks at: its data view, the dashboard's KQL, and the time."""

    view: ViewInfo
    filter: str
    span: times.Span


@dataclass(frozen=True)
class Reader:
    """The dashboards, the search function of Elasticsearch, and the time that counts as now."""

    boards: Boards
    search: Callable[[str, Json], Json]
    now: datetime
    words: Mapping[str, str] = field(default_factory=dict)
    """Translations of the page's own words."""

    def translated(self, text: str) -> str:
        """One of the page's own texts in the reader's language."""
        return self.words.get(text, text)

    @property
    def local(self) -> datetime:
        """Now by the clock of the budgets' time zone."""
        return self.now.astimezone(self.boards.settings.zone)


def show(panel: Panel, source: Source, reader: Reader) -> Shown | None:
    """One panel of the page. None for links, since the page has its own, and for states, which its tiles name."""
    columns = panel.size[0]
    if isinstance(panel, (Links, State)):
        return None
    if isinstance(panel, Markdown):
        return Shown(panel.id, panel.title, columns, "words", words=panel.text)
    view = reader.boards.catalogue.views[panel.data or source.dashboard.data]
    board = source.dashboard
    range_ = panel.time or board.time
    span = times.span(range_.from_, range_.to, reader.local)
    scope = Scope(view, board.filter, span)
    result = Shown(panel.id, panel.title, columns, panel.kind, note=panel.note, to=panel.to)
    if panel.time and panel.time != board.time:
        result.period = period(span)
    try:
        if isinstance(panel, Search):
            _documents(panel, result, scope, reader)
        else:
            _chart(panel, result, scope, reader)
    except (ApiError, TransportError) as error:
        result.kind, result.words = "failed", _reason(error)
        if isinstance(panel, Metric):
            result.title = panel.title or panel.value.label
    return result


def period(span: times.Span) -> str:
    """A span in words."""
    start, end = (text.moment(moment.replace(second=0)) for moment in (span.start, span.end))
    return f"{start} to {end} {times.zone_name(span.start)}"


def _reason(error: Exception) -> str:
    words = str(error)
    if "painless" in words and "not supported" in words:
        return (
            "This figure is computed by a script when it is asked for. The embedded Elasticsearch has no Painless, "
            "Elasticsearch's script language; the Docker stack has."
        )
    return f"Elasticsearch could not answer: {words[:300]}"


def _documents(panel: Search, result: Shown, scope: Scope, reader: Reader) -> None:
    view, span = scope.view, scope.span
    window = {"gte": times.millis(span.start), "lte": times.millis(span.end), "format": "epoch_millis"}
    filters = [{"range": {"@timestamp": window}}]
    filters += [kql.to_dsl(kql.parse(text_)) for text_ in (scope.filter, panel.filter) if text_]
    body: Json = {
        "size": panel.limit,
        "query": {"bool": {"filter": filters}},
        "sort": [{panel.sort: "desc"}],
        "_source": False,
        "fields": [{"field": "@timestamp", "format": "epoch_millis"}, *panel.columns],
    }
    hits = reader.search(view.pattern, body)["hits"]["hits"]
    labels = reader.boards.catalogue
    numbers = {name for name in panel.columns if view.fields[name].lens_type == "number"}
    heads = [
        text.Cell(f"Time ({times.zone_name(span.start)})"),
        *(text.Cell(labels.label(name), number=name in numbers) for name in panel.columns),
    ]
    rows = []
    for hit in hits:
        fields: dict[str, Any] = hit.get("fields", {})
        when = times.from_millis(int(fields["@timestamp"][0]), span.start.tzinfo)
        cells = [text.Cell(when.strftime("%Y-%m-%d %H:%M:%S"))]
        cells += [
            text.Cell(text.field_text(name, fields.get(name), view), number=name in numbers) for name in panel.columns
        ]
        rows.append(cells)
    result.kind, result.grid = "table" if rows else "empty", text.Grid(heads, rows)


def _chart(panel: Chart, result: Shown, scope: Scope, reader: Reader) -> None:
    view = scope.view

    def search(body: Json) -> Json:
        return reader.search(view.pattern, body)

    frame = ask(question(panel, view, scope.filter, scope.span), search)
    settings = reader.boards.settings
    if isinstance(panel, Metric):
        result.kind = "metric"
        result.tiles = [_tile(panel, frame, number, view, reader) for number in range(len(frame.rows))]
        if panel.trend and not frame.empty:
            line = ask(question(panel, view, scope.filter, scope.span, trend=True), search)
            result.svg = charts.spark(line, panel.value.tone or "neutral", f"{panel.value.label} over time")
        return
    if frame.empty:
        result.kind = "empty"
        return
    if isinstance(panel, Table):
        sort = next((n for n, value in enumerate(panel.values) if value.label == panel.sort), 0)
        ordered = sort if len(panel.rows) == 1 else None
        result.grid = text.grid(frame, view, settings, sort=ordered)
        result.kind = "table"
        return
    result.svg = _svg(panel, frame, view, reader)
    result.kind, result.grid = "chart", text.chart_grid(frame, view, settings)
    if isinstance(panel, Gauge):
        result.kind = "gauge"
        result.tiles = [_gauge_tile(panel, frame, reader)]


def _svg(panel: XY | Pie | Heatmap | Gauge, frame: Frame, view: ViewInfo, reader: Reader) -> str:
    label = f"{panel.title}: {', '.join(value.label for _, value in uses.values(panel))}; its table is below"
    settings = reader.boards.settings
    match panel:
        case XY():
            return charts.xy(panel, frame, view, reader.boards, label)
        case Pie():
            return charts.pie(frame, label) if panel.kind == "donut" else charts.treemap(frame, label)
        case Heatmap():
            return charts.heatmap(panel, frame, view, label)
        case Gauge():
            return charts.gauge(panel, frame, settings, label)


def _tile(panel: Metric, frame: Frame, number: int, view: ViewInfo, reader: Reader) -> Tile:
    row = frame.rows[number]
    first = row.figures[0]
    label = panel.value.label if panel.split is None else f"{row.groups[0]}: {panel.value.label}"
    tile = Tile(label, text.figure(first, text.value_format(panel.value, view), reader.boards.settings.zone))
    # A count of lines that went wrong is 0 where there are none; a figure of calls has no value without calls.
    calls = not panel.filter and view.name not in ("rejected", "deadletter")
    if first is None or (calls and frame.documents == 0):
        tile.value, tile.color, tile.word = formats.NOTHING, None, ""
        tile.below.append(reader.translated("nothing in {view} in this time").format(view=view.title))
    for threshold in panel.value.thresholds:
        if first is not None and first >= float(reader.boards.settings.number(threshold.from_)):
            tile.color = TONES[threshold.tone] if threshold.tone != "good" else None
            tile.word = threshold.word or ""
    if panel.secondary:
        second = text.figure(row.figures[1], text.value_format(panel.secondary, view))
        tile.below.append(f"{panel.prefix or panel.secondary.label + ': '}{second}")
    if panel.subtitle:
        tile.below.append(panel.subtitle)
    if panel.max:
        maximum = float(reader.boards.settings.number(panel.max))
        tile.full = (first or 0.0) / maximum
        tile.below.append(f"{tile.full:.1%} of {text.figure(maximum, text.value_format(panel.value, view))}")
    return tile


def _gauge_tile(panel: Gauge, frame: Frame, reader: Reader) -> Tile:
    tile = Tile(panel.value.label, text.figure(frame.rows[0].figures[0], panel.value.format))
    if panel.goal:
        goal = float(reader.boards.settings.number(panel.goal))
        tile.below.append(f"{panel.goal_label}: {text.figure(goal, panel.value.format)}")
    if panel.subtitle:
        tile.below.append(panel.subtitle)
    return tile
