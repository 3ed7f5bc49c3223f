"""Elasticsearch's answers as a table: one row a bucket, one figure a formula."""

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

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(figure is not None for row in self.rows for figure in row.figures)


#: A bucket's place: its groups, and its time in milliseconds.
Key = tuple[tuple[Any, ...], int | None]


@dataclass
class Cell:
    """What the calls gave in one bucket: for each call the figure and how many values it is of."""

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
        found: dict[Key, Cell] = {}
        _read(question, shift, aggs, (), found)
        if shift is None:
            cells, documents = found, aggs["doc_count"]
            keys = [_distinct(cells, number) for number in range(len(question.splits))]
            continue
        later = times.millis(question.span.start) - times.millis(question.span.shifted(shift).start)
        for (groups, moment), cell in found.items():
            target = cells.get((groups, None if moment is None else moment + later))
            if target:
                target.figures |= cell.figures
                target.counts |= cell.counts
    return Frame(question.splits, question.values, _rows(question, cells), documents, question.width)


def _distinct(cells: dict[Key, Cell], number: int) -> list[Any]:
    found = dict.fromkeys(groups[number] for groups, _ in cells if len(groups) > number)
    return [key for key in found if key != OTHER]


def _read(question: Question, shift: str | None, bucket: Json, groups: tuple[Any, ...], into: dict[Key, Cell]) -> None:
    """Collect the innermost buckets below one bucket."""
    if len(groups) == len(question.splits):
        if question.time:
            for inner in bucket.get("t", {}).get("buckets", []):
                into[(groups, int(inner["key"]))] = _cell(question, shift, inner)
        else:
            into[(groups, None)] = _cell(question, shift, bucket)
        return
    for inner in bucket.get("g", {}).get("buckets", []):
        _read(question, shift, inner, (*groups, inner.get("key_as_string", inner["key"])), into)
    if "all" in bucket:
        _other(question, shift, bucket, groups, into)


def _other(question: Question, shift: str | None, bucket: Json, groups: tuple[Any, ...], into: dict[Key, Cell]) -> None:
    """The rest beside the top groups: everything minus them, for calls that add up; others have no figure."""
    named = (*groups, *[OTHER] * (len(question.splits) - len(groups)))
    rest: dict[Key, Cell] = {}
    _read(question, shift, bucket["all"], named, rest)
    for (_, moment), cell in rest.items():
        tops: dict[Key, Cell] = {}
        for inner in bucket["g"]["buckets"]:
            _read(question, shift, inner, named, tops)
            top = tops.get((named, moment))
            if top:
                _subtract(question, cell, top)
    if any(cell.documents for cell in rest.values()):
        into |= rest


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
    """A call's figure in a bucket, and of how many values it is."""
    if call.name == "count" and call.kql is None:
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
    """A single call's figure: nothing rather than 0 where there was nothing to count or add up."""
    nothing = cell.documents == 0 if call.name == "count" else cell.counts.get(number, 0) == 0
    figure = cell.figures.get(number)
    if nothing and call.name in (*_ADDS, "unique_count"):
        return 0.0 if zero else None
    return figure


def _evaluate(node: Node, question: Question, keys: list[Key], cells: dict[Key, Cell]) -> list[float | None]:
    """A formula over all rows; in it an empty sum is 0, and a division by 0 has no value."""
    if isinstance(node, float):
        return [node] * len(keys)
    if isinstance(node, formula.Call):
        number = question.calls.index(node)
        found = [cells[key].figures.get(number) for key in keys]
        return [0.0 if figure is None and node.name in _ADDS else figure for figure in found]
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
    return [_math(node.name, one, two) for one, two in zip(left, right, strict=True)]


def _over(name: str, figures: list[float | None], keys: list[Key]) -> list[float | None]:
    """overall_sum over a series (over everything where there is no time axis), cumulative_sum along it."""
    sums: dict[tuple[Any, ...], float] = {}
    running: list[float | None] = []
    series = [groups if moment is not None else () for groups, moment in keys]
    for figure, one in zip(figures, series, strict=True):
        sums[one] = sums.get(one, 0.0) + (figure or 0.0)
        running.append(sums[one])
    return running if name == "cumulative_sum" else [sums[one] for one in series]


def _function(name: str, args: tuple[float | None, ...]) -> float | None:
    if name == "ifelse":
        return args[1] if args[0] else args[2]
    one, two = args
    if one is None or two is None:
        return None
    return float(one < two) if name == "lt" else round(one, int(two))


def _math(name: str, one: float | None, two: float | None) -> float | None:
    if one is None or two is None or (name == "divide" and two == 0):
        return None
    operations = {"add": one + two, "subtract": one - two, "multiply": one * two}
    return one / two if name == "divide" else operations[name]
