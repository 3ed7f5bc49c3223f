"""Turns Elasticsearch's responses into a table: one row for each bucket, one figure for each formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import formula
from runner.report import times

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from generator.dashboards.formula import Call, Node
    from generator.dashboards.parts import Split, Value
    from runner.report.ask import Question

Json = dict[str, Any]
#: Kibana's word for the groups that are not in the top.
OTHER: Final = "Other"
_ADDS: Final = ("sum", "count")


@dataclass(frozen=True)
class Row:
    """One bucket: its groups from outside in, its time, and a figure for each value of the panel."""

    groups: tuple[Any, ...]
    time: datetime | None
    figures: tuple[float | None, ...]


@dataclass(frozen=True)
class Frame:
    """A panel's table. `documents` is how many were looked at."""

    splits: tuple[Split, ...]
    values: tuple[Value, ...]
    rows: tuple[Row, ...]
    documents: int
    width: str
    head: str = ""
    """Of the column of cases."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(figure is not None for row in self.rows for figure in row.figures)


#: A bucket's place: its groups, and its time in milliseconds.
Key = tuple[tuple[Any, ...], int | None]


@dataclass
class Cell:
    """The results in one bucket: for each call, its figure and the number of values behind it."""

    documents: int
    figures: dict[int, float | None]
    counts: dict[int, int]


def ask(question: Question, search: Callable[[Json], Json]) -> Frame:
    """Put a question to Elasticsearch. `search` takes a body and gives the response."""
    cells: dict[Key, Cell] = {}
    keys: list[list[Any]] | None = None
    documents = 0
    for shift in question.shifts:
        response = search(question.body(shift, keys if shift else None))
        aggs: Json = {"doc_count": response["hits"]["total"]["value"], **response.get("aggregations", {})}
        shifted_cells: dict[Key, Cell] = {}
        _collect(question, shift, aggs, (), shifted_cells)
        if shift is None:
            cells, documents = shifted_cells, aggs["doc_count"]
            keys = [_distinct(cells, number) for number in range(len(question.splits))]
            continue
        later = times.millis(question.span.start) - times.millis(question.span.shifted(shift).start)
        for (groups, moment), cell in shifted_cells.items():
            target = cells.get((groups, None if moment is None else moment + later))
            if target:
                target.figures |= cell.figures
                target.counts |= cell.counts
    return Frame(question.splits, question.values, _rows(question, cells), documents, question.width, question.head)


def _distinct(cells: dict[Key, Cell], number: int) -> list[Any]:
    group_keys = dict.fromkeys(groups[number] for groups, _ in cells if len(groups) > number)
    return [key for key in group_keys if key != OTHER]


def _collect(
    question: Question, shift: str | None, bucket: Json, groups: tuple[Any, ...], cells: dict[Key, Cell]
) -> None:
    """Collect the innermost buckets below one bucket."""
    if question.cases:
        # Where no index is yet, Elasticsearch answers without aggregations: none of the cases has occurred.
        buckets = bucket.get("g", {}).get("buckets") or [{"doc_count": 0}] * len(question.cases)
        for case, inner in zip(question.cases, buckets, strict=True):
            cells[((case.label,), None)] = _cell(question, shift, inner)
        return
    if len(groups) == len(question.splits):
        if question.time:
            for inner in bucket.get("t", {}).get("buckets", []):
                cells[(groups, int(inner["key"]))] = _cell(question, shift, inner)
        else:
            cells[(groups, None)] = _cell(question, shift, bucket)
        return
    for inner in bucket.get("g", {}).get("buckets", []):
        _collect(question, shift, inner, (*groups, inner.get("key_as_string", inner["key"])), cells)
    if "all" in bucket:
        _other(question, shift, bucket, groups, cells)


def _other(
    question: Question, shift: str | None, bucket: Json, groups: tuple[Any, ...], cells: dict[Key, Cell]
) -> None:
    """Add the group Other: all documents minus the top groups. Only sums and counts have a figure there."""
    named = (*groups, *[OTHER] * (len(question.splits) - len(groups)))
    other_cells: dict[Key, Cell] = {}
    _collect(question, shift, bucket["all"], named, other_cells)
    for (_, moment), cell in other_cells.items():
        top_cells: dict[Key, Cell] = {}
        for inner in bucket["g"]["buckets"]:
            _collect(question, shift, inner, named, top_cells)
            top = top_cells.get((named, moment))
            if top:
                _subtract(question, cell, top)
    if any(cell.documents for cell in other_cells.values()):
        cells |= other_cells


def _subtract(question: Question, cell: Cell, top: Cell) -> None:
    cell.documents = max(cell.documents - top.documents, 0)
    for number, call in enumerate(question.calls):
        figure, other = cell.figures.get(number), top.figures.get(number)
        if call.name not in _ADDS or figure is None or other is None:
            cell.figures[number] = None
            continue
        count = cell.counts[number] = max(cell.counts[number] - top.counts[number], 0)
        cell.figures[number] = figure - other if count else 0.0


def _cell(question: Question, shift: str | None, bucket: Json) -> Cell:
    cell = Cell(bucket["doc_count"], {}, {})
    for number, call in enumerate(question.calls):
        if call.shift == shift:
            cell.figures[number], cell.counts[number] = _figure(call, bucket, number)
    return cell


def _figure(call: Call, bucket: Json, number: int) -> tuple[float | None, int]:
    """A call's figure in a bucket, and the number of values behind it."""
    if call.counts_documents:
        return float(bucket["doc_count"]), int(bucket["doc_count"])
    answer = bucket.get(f"c{number}")
    if answer is None:
        # No index matches yet: Elasticsearch answers without aggregations.
        return (0.0 if call.name in _ADDS else None), 0
    if call.name == "count":
        return float(answer["doc_count"]), int(answer["doc_count"])
    if call.kql is not None:
        answer = answer["v"]
    if call.name == "sum":
        return float(answer["sum"] or 0.0), int(answer["count"])
    value = next(iter(answer["values"].values()), None) if call.name == "percentile" else answer["value"]
    return (None, 0) if value is None or value != value else (float(value), 1)  # noqa: PLR0124 - NaN


def _rows(question: Question, cells: dict[Key, Cell]) -> tuple[Row, ...]:
    keys = list(cells)
    columns = [_column(question, value, keys, cells) for value in question.values]
    zone = question.span.start.tzinfo
    return tuple(
        Row(
            groups,
            None if moment is None else times.from_millis(moment, zone),
            tuple(column[number] for column in columns),
        )
        for number, (groups, moment) in enumerate(keys)
    )


def _column(question: Question, value: Value, keys: list[Key], cells: dict[Key, Cell]) -> list[float | None]:
    root = formula.parse(value.formula).root
    if isinstance(root, formula.Call):
        number = question.calls.index(root)
        return [_plain(cells[key], number, root, zero=value.zero) for key in keys]
    return _evaluate(root, question, keys, cells)


def _plain(cell: Cell, number: int, call: Call, *, zero: bool) -> float | None:
    """The figure of a single call. None instead of 0 where no document matched, unless `zero` is set."""
    nothing = cell.documents == 0 if call.name == "count" else cell.counts.get(number, 0) == 0
    figure = cell.figures.get(number)
    if nothing and call.name in (*_ADDS, "unique_count"):
        return 0.0 if zero else None
    return figure


def _evaluate(node: Node, question: Question, keys: list[Key], cells: dict[Key, Cell]) -> list[float | None]:
    """A formula's figure in each row. Inside a formula an empty sum is 0; a division by 0 gives None."""
    if isinstance(node, float):
        return [node] * len(keys)
    if isinstance(node, formula.Call):
        number = question.calls.index(node)
        figures = [cells[key].figures.get(number) for key in keys]
        return [0.0 if figure is None and node.name in _ADDS else figure for figure in figures]
    if isinstance(node, formula.Over):
        return _over(node.name, _evaluate(node.of, question, keys, cells), keys)
    if isinstance(node, formula.Context):
        start, end = (float(times.millis(moment)) for moment in (question.span.start, question.span.end))
        return [end - start if node.name == "time_range" else end] * len(keys)
    if isinstance(node, formula.Function):
        columns = [_evaluate(part, question, keys, cells) for part in node.args]
        return [_function(node.name, row) for row in zip(*columns, strict=True)]
    left = _evaluate(node.left, question, keys, cells)
    right = _evaluate(node.right, question, keys, cells)
    return [_math(node.name, first, second) for first, second in zip(left, right, strict=True)]


def _over(name: str, figures: list[float | None], keys: list[Key]) -> list[float | None]:
    """overall_sum over a series (over everything where there is no time axis), cumulative_sum along it."""
    sums: dict[tuple[Any, ...], float] = {}
    running: list[float | None] = []
    series = [groups if moment is not None else () for groups, moment in keys]
    for figure, key in zip(figures, series, strict=True):
        sums[key] = sums.get(key, 0.0) + (figure or 0.0)
        running.append(sums[key])
    return running if name == "cumulative_sum" else [sums[key] for key in series]


def _function(name: str, args: tuple[float | None, ...]) -> float | None:
    if name == "ifelse":
        return args[1] if args[0] else args[2]
    first, second = args
    if first is None or second is None:
        return None
    return float(first < second) if name == "lt" else round(first, int(second))


def _math(name: str, first: float | None, second: float | None) -> float | None:
    if first is None or second is None or (name == "divide" and second == 0):
        return None
    operations = {"add": first + second, "subtract": first - second, "multiply": first * second}
    return first / second if name == "divide" else operations[name]
