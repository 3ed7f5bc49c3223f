"""A page's line of states as a Vega chart: the metrics' searches, and their thresholds' words.

Lens has no word that depends on a figure, Vega has. What is looked at is what the metrics show: their formulas, filters
and time ranges. Vega as Kibana has it: https://www.elastic.co/guide/en/kibana/8.12/vega.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import colors, formula
from generator.dashboards.calls import aggregation, conditions

if TYPE_CHECKING:
    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.model import Metric, State
    from generator.dashboards.parts import StateOf
    from generator.dashboards.settings import Settings

Json = dict[str, Any]
#: Before the name, so that a state is seen without its colour.
SIGNS: Final = {"good": "\N{CHECK MARK}", "warn": "\N{BLACK UP-POINTING TRIANGLE}", "bad": "\N{HEAVY MULTIPLICATION X}"}
_NONE: Final = "\N{WHITE CIRCLE}"
#: Kibana's own.
_FONT: Final = "Inter, BlinkMacSystemFont, Helvetica, Arial, sans-serif"
_OPERATORS: Final = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
#: Placeholders that Kibana fills with the page's filters.
_CONTEXT: Final = {
    "must": ["%dashboard_context-must_clause%"],
    "must_not": ["%dashboard_context-must_not_clause%"],
}


class StateError(ValueError):
    """Why a metric can't be part of a line of states."""


def spec(panel: State, metrics: dict[str, tuple[Metric, ViewInfo]], settings: Settings) -> Json:
    """The Vega specification. `metrics`: the page's metrics with their data views, by id. Raises StateError."""
    data, marks = [], []
    for number, state in enumerate(panel.of):
        place = f"width * {number} / {len(panel.of)}"
        data.append(_data(f"d{number}", state, panel.fine, metrics[state.panel], settings))
        marks += [_bar(f"d{number}", place), _text(f"d{number}", place, f"width / {len(panel.of)} - 20")]
    return {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 0,
        "data": data,
        "marks": marks,
    }


def _data(name: str, state: StateOf, fine: str, source: tuple[Metric, ViewInfo], settings: Settings) -> Json:
    """One search, and of its answer the text and the colour."""
    metric, view = source
    figure, none, level = figure_of(metric), none_of(metric), level_of(metric, settings)
    words = [threshold.word or fine for threshold in metric.value.thresholds]
    tones = [threshold.tone for threshold in metric.value.thresholds]
    texts = [f"{SIGNS.get(tone, _NONE)} {state.name}: {word}" for tone, word in zip(tones, words, strict=True)]
    steps = {
        "figure": figure,
        "level": f"{none} ? 0 : {level}",
        "text": f"{_list([f'{_NONE} {state.name}: {state.none}', *texts])}[datum.level]",
        "color": f"{_list(['transparent', *map(_color, tones)])}[datum.level]",
    }
    transforms = [{"type": "formula", "as": key, "expr": expression} for key, expression in steps.items()]
    return {"name": name, "url": {"index": view.pattern, "body": _body(metric, settings)}, "transform": transforms}


def _list(texts: list[str]) -> str:
    """A list of texts in Vega's expression language, which takes JSON."""
    return json.dumps(texts, ensure_ascii=False)


def _color(tone: str) -> str:
    return "transparent" if tone == "good" else colors.TONES[tone]


def _body(metric: Metric, settings: Settings) -> Json:
    """The search: of the page's time and filters where the metric has none of its own."""
    window: Json = {"%timefilter%": True}
    if metric.time:
        window = {"gte": metric.time.from_, "lte": metric.time.to, "time_zone": settings.zone.key}
    filters: list[Json | str] = [{"range": {"@timestamp": window}}, *conditions(metric)]
    query: Json = {"filter": filters}
    if not metric.unfiltered:
        query |= _CONTEXT
        filters.append("%dashboard_context-filter_clause%")
    calls = enumerate(_calls(metric))
    aggs = {f"c{number}": aggregation(call) for number, call in calls if not call.counts_documents}
    return {"size": 0, "query": {"bool": query}, "aggs": {"n": {"filter": {"match_all": {}}}, **aggs}}


def _calls(metric: Metric) -> list[formula.Call]:
    return list(dict.fromkeys(formula.parse(metric.value.formula).calls))


def figure_of(metric: Metric) -> str:
    """The metric's figure as an expression of Vega over the search's answer `datum`.

    An answer without aggregations means that no index is there: no document, and no other figure.
    """
    root = formula.parse(metric.value.formula).root
    nothing = "0" if _counts_documents(root) else "null"
    return f"datum.aggregations ? {_expression(root, _calls(metric))} : {nothing}"


def _counts_documents(root: formula.Node) -> bool:
    return isinstance(root, formula.Call) and root.counts_documents


def none_of(metric: Metric) -> str:
    """Whether nothing can be said: no figure, or one of no document at all. Zero documents are a figure of their own
    where documents are what is counted.
    """
    nothing = "!isValid(datum.figure) || isNaN(datum.figure)"
    if _counts_documents(formula.parse(metric.value.formula).root):
        return f"({nothing})"
    return f"({nothing} || datum.aggregations.n.doc_count == 0)"


def level_of(metric: Metric, settings: Settings) -> str:
    """The number of the threshold that the figure has reached, from 1; 1 below all of them too."""
    starts = [colors.number(settings.number(threshold.from_)) for threshold in metric.value.thresholds]
    expression = "1"
    for level, start in enumerate(starts[1:], 2):
        expression = f"(datum.figure >= {start} ? {level} : {expression})"
    return expression


def _expression(node: formula.Node, calls: list[formula.Call]) -> str:
    if isinstance(node, float):
        return repr(node)
    if isinstance(node, formula.Call):
        return _result(node, calls.index(node))
    if isinstance(node, formula.Math):
        left, right = _expression(node.left, calls), _expression(node.right, calls)
        # No calls are no rate: in JavaScript 1 / 0 is Infinity.
        return (
            f"({right} == 0 ? null : {left} / {right})"
            if node.name == "divide"
            else (f"({left} {_OPERATORS[node.name]} {right})")
        )
    if isinstance(node, formula.Context) and node.name == "now":
        return "now()"
    raise StateError("only calls of one time, + - * / and now() can be looked at")


def _result(call: formula.Call, number: int) -> str:
    if call.shift:
        raise StateError("a formula with a time shift can't be looked at")
    if call.name == "count":
        return f"datum.aggregations.{'n' if call.counts_documents else f'c{number}'}.doc_count"
    stem = f"datum.aggregations.c{number}{'.v' if call.kql is not None else ''}"
    if call.percentile is not None:
        return f"{stem}.values['{call.percentile}']"
    return f"{stem}.{'sum' if call.name == 'sum' else 'value'}"


def _bar(data: str, place: str) -> Json:
    """The state's colour, beside its text."""
    encode = {"x": {"signal": f"{place} + 2"}, "width": {"value": 6}, "y": {"value": 2}}
    encode |= {"y2": {"signal": "height - 2"}, "fill": {"field": "color"}}
    return {"type": "rect", "from": {"data": data}, "encode": {"update": encode}}


def _text(data: str, place: str, room: str) -> Json:
    encode = {
        "x": {"signal": f"{place} + 14"},
        "y": {"signal": "height / 2"},
        "baseline": {"value": "middle"},
        "font": {"value": _FONT},
        "fontSize": {"value": 14},
        "fontWeight": {"value": "bold"},
        "limit": {"signal": room},
        "text": {"field": "text"},
        "tooltip": {"field": "text"},
    }
    # The colour of Kibana's theme: black on black is not read.
    return {"type": "text", "style": "guide-title", "from": {"data": data}, "encode": {"update": encode}}
