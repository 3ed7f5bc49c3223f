"""The columns of a Lens layer, in the form in which Kibana 8.12 stores them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from generator.dashboards import formats, formula, uses
from generator.dashboards.formats import FORMATS
from generator.dashboards.settings import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.formula import Call, Node
    from generator.dashboards.parts import Case, Over, Split, Value

Json = dict[str, Any]
_NUMBER: Json = {"dataType": "number", "isBucketed": False, "scale": "ratio"}
#: Calls that Lens can show as empty instead of 0.
_EMPTY = ("sum", "count", "unique_count")


@dataclass
class Layer:
    """A layer under construction: buckets first, then figures, each formula after its parts."""

    view: ViewInfo
    columns: dict[str, Json] = field(default_factory=dict)
    #: Parts of formulas, which no visualisation names.
    hidden: set[str] = field(default_factory=set)
    link: str | None = None
    #: By field, the colour of each value that has one.
    palette: dict[str, dict[str, str]] = field(default_factory=dict)
    #: In charts money is rounded in one way, in tiles and tables by its size.
    chart: bool = False
    #: Filters and controls of the dashboard do not apply.
    unfiltered: bool = False
    #: Figures that are computed to rank groups, and not shown.
    ranks: dict[str, Value] = field(default_factory=dict)

    def colors(self, split: Split) -> dict[str, str] | None:
        """The colours of a group's values; None where they have none."""
        return self.palette.get(split.field)

    def add(self, name: str, column: Json) -> str:
        """Add a column; its name."""
        self.columns[name] = column
        return name

    def time(self, name: str, over: Over) -> str:
        """Add a date histogram."""
        params = {"interval": over.interval, "includeEmptyRows": True, "dropPartials": False}
        column = {"label": "@timestamp", "dataType": "date", "operationType": "date_histogram", "params": params}
        return self.add(name, {**column, "sourceField": "@timestamp", "isBucketed": True, "scale": "interval"})

    def terms(self, name: str, split: Split, rank: str | None) -> str:
        """Add the top values of a field, ranked by the column `rank`, by name when there is none."""
        by: Json = {"type": "column", "columnId": rank} if rank else {"type": "alphabetical", "fallback": False}
        column: Json = {
            "label": split.label or f"Top {split.top} values of {split.field}",
            "dataType": self.view.fields[split.field].lens_type,
            "operationType": "terms",
            "scale": "ordinal",
            "sourceField": split.field,
            "isBucketed": True,
            "params": {
                "size": split.top,
                "orderBy": by,
                "orderDirection": "desc" if rank else "asc",
                # Kibana shows documents without the field only beside the group of the rest.
                "otherBucket": split.other or split.missing,
                "missingBucket": split.missing,
                "parentFormat": {"id": "terms"},
                "include": [],
                "exclude": [],
                "includeIsRegex": False,
                "excludeIsRegex": False,
            },
        }
        return self.add(name, {**column, "customLabel": True} if split.label else column)

    def cases(self, name: str, cases: tuple[Case, ...], label: str) -> str:
        """Add a group of queries, each with its label; one without documents stays."""
        filters = [{"input": {"query": case.kql, "language": "kuery"}, "label": case.label} for case in cases]
        column: Json = {"label": label, "customLabel": True, "dataType": "string", "operationType": "filters"}
        return self.add(name, {**column, "scale": "ordinal", "isBucketed": True, "params": {"filters": filters}})

    def static(self, name: str, value: Decimal, label: str | None = None, format_: str | None = None) -> str:
        """Add a constant."""
        params: Json = {"value": plain(value)}
        if format_:
            params["format"] = FORMATS[format_].lens
        column: Json = {**_NUMBER, "operationType": "static_value", "isStaticValue": True, "references": []}
        column |= {"label": label or f"Static value: {plain(value)}", "params": params}
        return self.add(name, {**column, "customLabel": True} if label else column)

    def figure(self, name: str, value: Value) -> str:
        """Add a figure: one column for a single call, else a formula and its parts."""
        parsed = formula.parse(formats.rounded(value.formula, value.format, plain=self.chart))
        format_params: Json = {"format": FORMATS[value.format].lens} if value.format else {}
        if isinstance(parsed.root, formula.Call):
            column = self._call(parsed.root, empty=not value.zero)
            params = {**column.pop("params"), **format_params}
            return self.add(name, {**column, "label": value.label, "params": params, "customLabel": True})
        last = _Parts(self, name, parsed.text, value.label).build(parsed.root)
        params = {"formula": parsed.text, "isFormulaBroken": False, **format_params}
        column = {**_NUMBER, "label": value.label, "operationType": "formula", "params": params}
        return self.add(name, {**column, "references": [last], "customLabel": True})

    def _call(self, call: Call, *, empty: bool) -> Json:
        params: Json = {"emptyAsNull": empty} if call.name in _EMPTY else {}
        if call.percentile is not None:
            number = call.percentile
            params["percentile"] = int(number) if number.is_integer() else number
        column: Json = {**_NUMBER, "operationType": call.name, "sourceField": call.field or "___records___"}
        if call.field and self.view.fields[call.field].type == "date" and call.name in ("min", "max"):
            column["dataType"] = "date"
        if call.kql is not None:
            column["filter"] = {"query": call.kql, "language": "kuery"}
        if call.shift is not None:
            column["timeShift"] = call.shift
        return {**column, "params": params}

    def state(self) -> Json:
        """The layer as Kibana stores it."""
        buckets = [name for name, column in self.columns.items() if column["isBucketed"]]
        figures = [name for name, column in self.columns.items() if not column["isBucketed"]]
        state: Json = {
            "columns": self.columns,
            "columnOrder": [*buckets, *figures],
            "incompleteColumns": {},
            "sampling": 1,
            "ignoreGlobalFilters": self.unfiltered,
        }
        return {**state, "linkToLayers": [self.link]} if self.link else state


class _Parts:
    """The hidden columns of one formula: nameX0, nameX1, … in the order of Kibana's own extraction."""

    def __init__(self, layer: Layer, name: str, text: str, label: str) -> None:
        self.layer, self.name, self.text = layer, name, text
        self.label: Json = {"label": f"Part of {label}", "customLabel": True}
        self.count = 0

    def build(self, root: Node) -> str:
        """Add all parts; the name of the last, which the formula refers to."""
        tree = self._tree(root)
        if isinstance(tree, str):
            return tree
        references = list(_leaves(tree))
        return self._add(
            {**_NUMBER, "operationType": "math", "params": {"tinymathAst": tree}, "references": references}
        )

    def _add(self, column: Json) -> str:
        name = f"{self.name}X{self.count}"
        self.count += 1
        self.layer.hidden.add(name)
        return self.layer.add(name, {**column, **self.label})

    def _tree(self, node: Node) -> str | float | Json:
        if isinstance(node, formula.Call):
            column = self.layer._call(node, empty=False)  # noqa: SLF001 - the other half of one thing
            return self._add(column if column["params"] else {**column, "params": {}})
        if isinstance(node, formula.Over):
            return self._add({**_NUMBER, "operationType": node.name, "references": [self._tree(node.of)]})
        if isinstance(node, formula.Context):
            return self._add({**_NUMBER, "operationType": node.name, "references": []})
        if isinstance(node, formula.Function):
            arguments = [self._tree(part) for part in node.args]
            return {"type": "function", "name": node.name, "args": arguments, **self._place(node.span)}
        if isinstance(node, formula.Math):
            tree: Json = {
                "type": "function",
                "name": node.name,
                "args": [self._tree(node.left), self._tree(node.right)],
            }
            if node.span:
                tree |= self._place(node.span)
            return tree
        return int(node) if node.is_integer() else node

    def _place(self, span: tuple[int, int]) -> Json:
        start, end = span
        return {"location": {"min": start, "max": end}, "text": self.text[start:end]}


def _leaves(tree: str | float | Json) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    return [leaf for arg in tree["args"] for leaf in _leaves(arg)] if isinstance(tree, dict) else []


def figures(layer: Layer, prefix: str, values: list[Value]) -> list[str]:
    """Add figures as prefix0, prefix1, …; their names."""
    return [layer.figure(f"{prefix}{number}", value) for number, value in enumerate(values)]


def groups(layer: Layer, splits: dict[str, Split], values: list[Value], names: list[str]) -> None:
    """Add the groups of a panel by column name.

    Where no figure can rank the groups, a hidden column for ranking is added to `layer.ranks`: Lens can't rank by a
    formula, and money is always a formula, because it is rounded.
    """
    rank_columns: dict[str, Value] = {}
    for number, (name, split) in enumerate(splits.items()):
        rank = uses.rank_value(split, values)
        if rank is None:
            layer.terms(name, split, None)
        elif rank in values and not formats.money(rank.format):
            layer.terms(name, split, names[values.index(rank)])
        else:
            layer.terms(name, split, f"rank{number}")
            rank_columns[f"rank{number}"] = rank.model_copy(update={"format": None, "label": f"Order: {rank.label}"})
    layer.ranks = rank_columns


def ranks(layer: Layer) -> list[str]:
    """Add the columns that only rank, after the figures; their names."""
    return [layer.figure(name, value) for name, value in layer.ranks.items()]
