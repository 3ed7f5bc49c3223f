"""The checks of a panel's figures and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.dashboards import formula, uses
from generator.dashboards.model import XY, Gauge, Heatmap, Metric, Pie, Table
from generator.dashboards.parts import Value

if TYPE_CHECKING:
    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.check import Checker
    from generator.dashboards.parts import Split
    from generator.yamltext import Place

Chart = Metric | XY | Pie | Table | Heatmap | Gauge


def check(checker: Checker, panel: Chart, view: ViewInfo, place: Place) -> None:
    """Everything that one chart asks for."""
    values = uses.values(panel)
    readable = [_value(checker, value, view, (*place, *below)) for below, value in values]
    labels = [value.label for _, value in values]
    for number, (below, value) in enumerate(values):
        if value.label in labels[:number]:
            checker.say(f"two figures are called {value.label!r}", *place, *below, "label")
    if isinstance(panel, Table):
        for number, case in enumerate(panel.cases):
            checker.kql(case.kql, view, *place, "cases", number, "kql")
    if all(readable):
        for below, split in uses.splits(panel):
            _split(checker, split, [value for _, value in values], view, (*place, *below))
        _shape(checker, panel, place)


def _value(checker: Checker, value: Value, view: ViewInfo, place: Place) -> bool:
    """One figure; False when its formula can't be read."""
    for number, threshold in enumerate(value.thresholds):
        checker.amount(threshold.from_, *place, "thresholds", number, "from")
    try:
        parsed = formula.parse(value.formula)
    except formula.FormulaError as error:
        checker.say(f"the formula can't be read: {error}", *place, "formula")
        return False
    for call in parsed.calls:
        if call.field:
            checker.field(call.field, call.name, view, *place, "formula")
        checker.kql(call.kql or "", view, *place, "formula")
    return True


def _split(checker: Checker, split: Split, values: list[Value], view: ViewInfo, place: Place) -> None:
    if not checker.field(split.field, "terms", view, *place, "field"):
        return
    if split.missing and view.fields[split.field].type != "keyword":
        checker.say(f"missing: true needs a keyword, {split.field} is none", *place, "missing")
    if split.order in ("value", "name"):
        return
    if "(" in split.order:
        rank = Value(label=split.order, formula=split.order)
        if _value(checker, rank, view, (*place, "order")) and not uses.can_rank(rank):
            checker.say("Lens ranks groups by a single call only", *place, "order", hint="write sum(field) or count()")
        return
    ranking = [value for value in values if value.label == split.order]
    if not ranking:
        known = ", ".join(value.label for value in values)
        checker.say(
            f"no figure is called {split.order!r}", *place, "order", hint=f"write value, name or one of {known}"
        )
    elif not uses.can_rank(ranking[0]):
        hint = "Lens ranks by a single call; add one as a figure"
        checker.say(f"{split.order!r} computes, so Lens can't rank by it", *place, "order", hint=hint)


def _shape(checker: Checker, panel: Chart, place: Place) -> None:
    """What a kind of panel rules out."""
    for below, value in uses.values(panel):
        calls = formula.parse(value.formula)
        if "cumulative_sum(" in calls.text and uses.over(panel) is None:
            checker.say("cumulative_sum() needs a time axis", *place, *below, "formula")
    match panel:
        case Metric():
            checker.amount(panel.max, *place, "max")
            if panel.trend and (panel.max or panel.split):
                other = "max" if panel.max else "split"
                checker.say(f"a metric has either trend or {other}", *place, "trend", hint="Kibana draws one of them")
        case Gauge():
            for name in ("min", "max", "goal"):
                checker.amount(getattr(panel, name), *place, name)
        case XY():
            _xy(checker, panel, place)
        case Table() if bool(panel.rows) == bool(panel.cases):
            checker.say("a table has either rows or cases", *place, hint="write `rows: [{field: …}]`")
        case Table() if panel.sort and panel.sort not in [value.label for value in panel.values]:
            checker.say(f"no figure is called {panel.sort!r}", *place, "sort")
        case _:
            pass


def _xy(checker: Checker, panel: XY, place: Place) -> None:
    for number, line in enumerate(panel.lines):
        checker.amount(line.value, *place, "lines", number, "value")
    if panel.horizontal and panel.kind != "bar":
        checker.say("only bars can be horizontal", *place, "horizontal")
    if panel.stacked and panel.kind == "line":
        checker.say("lines can't be stacked", *place, "stacked", hint="write kind: area")
