"""Every mistake in a dashboard's YAML is refused, with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError

if TYPE_CHECKING:
    from tests.unit.dashboards.conftest import Kit

HEAD = "title: Made up\ndata: api\ntime: {from: now-24h}\norder: 1\n"
COST = "{label: Cost, formula: sum(holysheep.cost.total)}"


def panel(*lines: str, kind: str = "metric") -> str:
    """A dashboard with one panel; `lines` are the panel's own, from line 7 on."""
    start = f"{HEAD}panels:\n  - {{id: a, kind: {kind}, title: A, size: [12, 6]"
    return f"{start}, {', '.join(lines)}}}\n"


def block(*lines: str) -> str:
    """A dashboard whose one panel is written as a block: `kind` is on line 7, `lines` from line 10 on."""
    return HEAD + "panels:\n" + "".join(f"    {line}\n" for line in lines).replace("    ", "  - ", 1)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (panel(f"value: {COST}", "data: apii"), 6, "there is no data view 'apii', did you mean api?"),
        (
            panel("value: {label: A, formula: sum(holysheep.cost.totl)}"),
            6,
            "has no field 'holysheep.cost.totl', did you mean holysheep.cost.total?",
        ),
        (
            panel("value: {label: A, formula: sum(gen_ai.request.model)}"),
            6,
            "sum does not work on gen_ai.request.model",
        ),
        (panel("value: {label: A, formula: sum(holysheep.cost.input)}"), 6, "double that is only stored"),
        (panel("value: {label: A, formula: sum(holysheep.cost.total}"), 6, "the formula can't be read: expected a )"),
        (panel("value: {label: A, formula: median(holysheep.cost.total)}"), 6, "median() is not one of sum, average"),
        (panel("value: {label: A, formula: 1 + 2}"), 6, "a formula of numbers alone"),
        (panel("value: {label: A, formula: count(kql='nofield:1')}"), 6, "has no field 'nofield'"),
        (panel("value: {label: A, formula: count(kql='failure')}"), 6, "'failure' has no field"),
        (panel("value: {label: A, formula: count(shift='yesterday')}"), 6, "is not a time such as 1d"),
        (panel(f"value: {COST}", "filter: 'a and'"), 6, "the KQL can't be read"),
        (panel(f"values: [{COST}]", "to: nowhere", kind="bar"), 6, "there is no dashboard 'nowhere'"),
        (panel(f"value: {COST}", "to: made-up"), 6, "a click on a metric leads nowhere"),
        (panel(f"value: {COST}", "max: budgets.week_usd"), 6, "budgets.week_usd is not one of budgets.day_usd"),
        (panel(f"value: {COST}", "max: plenty"), 6, "'plenty' is not a number"),
        (panel(f"value: {COST}", 'max: "5"', "trend: true"), 6, "a metric has either trend or max"),
        (panel(f"value: {COST}", "trend: true", "split: {field: user.id}"), 6, "either trend or split"),
        (panel(f"value: {COST}", "split: {field: '@timestamp'}"), 6, "terms does not work on @timestamp (date)"),
        (panel(f"value: {COST}", "split: {field: user.id, order: Price}"), 6, "no figure is called 'Price'"),
        (
            panel("value: {label: A, formula: count() / 2}", "split: {field: user.id, order: A}"),
            6,
            "'A' computes, so Lens can't rank by it",
        ),
        (
            panel(f"value: {COST}", "split: {field: user.id, order: count() / 2}"),
            6,
            "ranks groups by a single call only",
        ),
        (
            panel(f"value: {COST}", "split: {field: http.response.status_code, missing: true}"),
            6,
            "missing: true needs a keyword",
        ),
        (panel(f"values: [{COST}, {COST}]", kind="line"), 6, "two figures are called 'Cost'"),
        (panel(f"values: [{COST}]", "horizontal: true", kind="line"), 6, "only bars can be horizontal"),
        (panel(f"values: [{COST}]", "stacked: true", kind="line"), 6, "lines can't be stacked"),
        (
            panel("values: [{label: A, formula: cumulative_sum(count())}]", "rows: [{field: user.id}]", kind="table"),
            6,
            "cumulative_sum() needs a time axis",
        ),
        (panel(f"values: [{COST}]", "rows: [{field: user.id}]", "sort: B", kind="table"), 6, "no figure is called 'B'"),
        (panel("columns: [user.id, nope]", kind="search"), 6, "has no field 'nope'"),
        (panel("columns: [user.id]", "sort: holysheep.metadata", kind="search"), 6, "terms does not work on"),
        (panel("to: [made-up, gone]", kind="links"), 6, "there is no dashboard 'gone'"),
        (panel("pills: [{field: nope, value: a}]", f"value: {COST}"), 6, "has no field 'nope'"),
    ],
)
def test_rule(kit: Kit, text: str, line: int, words: str) -> None:
    """The mistake is told in words, at its line."""
    actual = kit.errors(text)
    assert len(actual) == 1, [str(error) for error in actual]
    assert words in str(actual[0])
    assert actual[0].where == f"made-up.yaml:{line}"


def test_lines_of_blocks(kit: Kit) -> None:
    """The line is that of the value itself, not of the panel."""
    text = block("id: a", "kind: metric", "size: [12, 6]", "value:", "  label: A", "  formula: sum(nope)")
    assert [error.where for error in kit.errors(text)] == ["made-up.yaml:11"]


def test_overlap_is_refused(kit: Kit) -> None:
    """Two panels on one cell are refused; the later one's line is named."""
    one = f"  - {{id: a, kind: metric, size: [12, 6], at: [0, 0], value: {COST}}}\n"
    two = f"  - {{id: b, kind: metric, size: [12, 6], at: [11, 5], value: {COST}}}\n"
    (error,) = kit.errors(f"{HEAD}panels:\n{one}{two}")
    assert str(error) == "made-up.yaml:7: 'b' overlaps 'a', move one of them"


def test_too_wide_is_refused(kit: Kit) -> None:
    """A panel that ends beyond the 48th column is refused."""
    (error,) = kit.errors(f"{HEAD}panels:\n  - {{id: a, kind: metric, size: [12, 6], at: [40, 0], value: {COST}}}\n")
    assert "ends at column 52 of 48" in str(error)


def test_same_id_is_refused(kit: Kit) -> None:
    """Two panels with one id would be one panel in Kibana."""
    error = f"  - {{id: a, kind: metric, size: [12, 6], value: {COST}}}\n"
    assert "the id 'a' is taken" in str(kit.errors(f"{HEAD}panels:\n{error}{error}")[0])


def test_controls(kit: Kit) -> None:
    """An options control needs a field with values to choose, a range control a number."""
    controls = (
        "controls:\n  - {kind: options, field: holysheep.cost.total, title: A}\n"
        "  - {kind: range, field: user.id, title: B}\n  - {kind: options, field: nope, title: C}\n"
    )
    text = HEAD + controls + f"panels:\n  - {{id: a, kind: metric, size: [12, 6], value: {COST}}}\n"
    assert [error.where for error in kit.errors(text)] == [f"made-up.yaml:{line}" for line in (6, 7, 8)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + "panels:\n  - {id: a, kind: pie, size: [1, 1]}\n", 6, "the kind is not known"),
        (HEAD + "panels:\n  - {id: a, kind: metric, size: [49, 1], value: {label: A, formula: count()}}\n", 6, "48"),
        (HEAD + "panels:\n  - {id: A, kind: markdown, size: [4, 1], text: a}\n", 6, "pattern"),
        (HEAD + "panels: []\n", 5, "panels is empty"),
        (
            HEAD + "colour: red\npanels:\n  - {id: a, kind: markdown, size: [4, 1], text: a}\n",
            5,
            'unknown key "colour"',
        ),
        ("title: A\ndata: api\norder: 1\ntime: {from: yesterday}\npanels: []\n", 4, "pattern"),
        (
            HEAD + "panels:\n  - {id: a, kind: line, size: [4, 4], values: [], x: {field: user.id, sise: 2}}\n",
            6,
            'unknown key "sise"',
        ),
    ],
)
def test_shape(kit: Kit, text: str, line: int, words: str) -> None:
    """A key or value that the model does not know is refused at its line."""
    with pytest.raises(UserError) as caught:
        kit.source(text)
    assert words in str(caught.value)
    assert f"made-up.yaml:{line}: " in str(caught.value)


def test_flow(kit: Kit) -> None:
    """Panels flow left to right and wrap below the tallest of their row."""
    from generator.dashboards import layout  # noqa: PLC0415 - only this test needs it

    rows = "".join(
        f"  - {{id: p{n}, kind: markdown, size: [{w}, {h}], text: a}}\n"
        for n, (w, h) in enumerate([(24, 5), (24, 8), (12, 3), (36, 3), (1, 1)])
    )
    places = layout.place(kit.source(f"{HEAD}panels:\n{rows}").dashboard.panels)
    assert [(box.x, box.y) for box in places] == [(0, 0), (24, 0), (0, 8), (12, 8), (0, 11)]
