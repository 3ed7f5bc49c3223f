"""The rendered files hold what Kibana needs, and the same bytes each time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from generator import card
from generator.dashboards import formula, ids, kql, render
from generator.paths import PRICING
from generator.render.registry import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """What the bundle renders."""
    return render.files(card.load(PRICING), FOLDER)


def objects_in(text: str) -> list[dict[str, Any]]:
    """The objects of a file."""
    return [json.loads(line) for line in text.splitlines()]


def test_same_bytes(files: dict[str, str]) -> None:
    """Rendering twice gives the same bytes, with sorted keys."""
    assert render.files(card.load(PRICING), FOLDER) == files
    for text in files.values():
        for line in text.splitlines():
            assert line == json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True)


def test_references_resolve(files: dict[str, str]) -> None:
    """Every reference leads to an object of the same file, or to another dashboard of the bundle."""
    boards = {item["id"] for text in files.values() for item in objects_in(text) if item["type"] == "dashboard"}
    for text in files.values():
        present = {(item["type"], item["id"]) for item in objects_in(text)}
        for item in objects_in(text):
            for ref in item["references"]:
                assert (ref["type"], ref["id"]) in present or ref["id"] in boards


def test_every_layer_has_both_references(files: dict[str, str]) -> None:
    """Kibana loads a panel for ever when a layer's reference is missing in the panel or in the dashboard."""
    for panel, outer in panels(files):
        inner = {ref["name"] for ref in panel["embeddableConfig"]["attributes"]["references"]}
        state = panel["embeddableConfig"]["attributes"]["state"]
        for layer in state["datasourceStates"]["formBased"]["layers"]:
            name = f"indexpattern-datasource-layer-{layer}"
            assert name in inner
            assert f"{panel['panelIndex']}:{name}" in outer


def test_columns_are_complete(files: dict[str, str]) -> None:
    """Each layer orders all its columns, groups first, and each reference of a column leads to one."""
    for panel, _ in panels(files):
        state = panel["embeddableConfig"]["attributes"]["state"]
        for layer in state["datasourceStates"]["formBased"]["layers"].values():
            columns, order = layer["columns"], layer["columnOrder"]
            assert sorted(order) == sorted(columns)
            kinds = [columns[name]["isBucketed"] for name in order]
            assert kinds == sorted(kinds, reverse=True)
            for column in columns.values():
                assert set(column.get("references", ())) <= set(columns)
                by = column.get("params", {}).get("orderBy", {})
                assert by.get("columnId", order[0]) in columns


def test_tables_list_every_column(files: dict[str, str]) -> None:
    """A table that leaves out a column of its layer, but for parts of formulas, fails to draw."""
    for panel, _ in panels(files):
        attributes = panel["embeddableConfig"]["attributes"]
        if attributes["visualizationType"] == "lnsDatatable":
            (layer,) = attributes["state"]["datasourceStates"]["formBased"]["layers"].values()
            visible = {name for name in layer["columns"] if "X" not in name}
            assert {column_["columnId"] for column_ in attributes["state"]["visualization"]["columns"]} == visible


def test_every_dashboard_is_complete(files: dict[str, str]) -> None:
    """There are the six dashboards of the bundle, each with links to all and a refresh."""
    assert sorted(files) == [
        f"kibana/{n}.ndjson" for n in ("agents", "cost", "errors", "latency", "overview", "pipeline")
    ]
    for text in files.values():
        board = objects_in(text)[-1]
        links = json.loads(board["attributes"]["panelsJSON"])[0]
        assert len(links["embeddableConfig"]["attributes"]["links"]) == 6
        assert board["attributes"]["refreshInterval"]["value"] >= 30_000


def test_prefix_and_budgets_come_from_the_card() -> None:
    """The index prefix and the budgets of another card are in what it renders."""
    card_ = card.load(PRICING)
    budgets = card_.budgets.model_copy(update={"month_usd": card_.budgets.month_usd * 3})
    other = card_.model_copy(update={"index_prefix": "acme", "budgets": budgets})
    text = render.files(other, FOLDER)["kibana/cost.ndjson"]
    assert '"acme-api-*"' in text
    assert "holysheep-api" not in text
    assert f'\\"value\\":\\"{card_.budgets.month_usd * 3:f}\\"'.replace(".00", "") in text.replace(".00", "")


def test_two_prefixes_share_a_space() -> None:
    """Objects of another index prefix have other ids and say the prefix; their references lead to one another."""
    card_ = card.load(PRICING)
    default_ids = {item["id"] for text in render.files(card_, FOLDER).values() for item in objects_in(text)}
    other = render.files(card_.model_copy(update={"index_prefix": "acme"}), FOLDER)
    prefixed = {item["id"]: item for text in other.values() for item in objects_in(text)}
    assert not default_ids & set(prefixed)
    for item in prefixed.values():
        attributes = item["attributes"]
        assert attributes["name" if item["type"] in ("index-pattern", "tag") else "title"].endswith(" (acme)")
        assert {ref["id"] for ref in item["references"]} <= set(prefixed)


def test_budget_tiles_ignore_filters(files: dict[str, str]) -> None:
    """Spend against a budget, rates and lines without the fields of a control are of everything, whatever is chosen."""
    actual = {}
    for panel, _ in panels(files):
        layers = panel["embeddableConfig"]["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]
        actual[panel["panelIndex"]] = {layer["ignoreGlobalFilters"] for layer in layers.values()}
    free = [("overview", "today"), ("overview", "month"), ("cost", "today"), ("cost", "month"), ("errors", "rate")]
    free += [("errors", "lost"), ("errors", "dead"), ("cost", "by-day"), ("errors", "rate-over-time")]
    assert all(actual[ids.panel_id(*panel_)] == {True} for panel_ in free)
    assert actual[ids.panel_id("overview", "error-rate")] == {False}
    assert actual[ids.panel_id("cost", "by-model")] == {False}


def test_latency_is_of_successful_calls(files: dict[str, str]) -> None:
    """Every column over a latency is below a filter on successful calls: of the page, the panel or the column."""
    for text in files.values():
        board = objects_in(text)[-1]["attributes"]
        page = json.loads(board["kibanaSavedObjectMeta"]["searchSourceJSON"])["query"]["query"]
        for panel in json.loads(board["panelsJSON"]):
            state = panel["embeddableConfig"].get("attributes", {}).get("state")
            if not state:
                continue
            for layer in state["datasourceStates"]["formBased"]["layers"].values():
                for column in layer["columns"].values():
                    if column.get("sourceField") == "holysheep.latency.ms" and column["operationType"] == "percentile":
                        column_filter = column.get("filter", {}).get("query", "")
                        assert 'event.outcome:"success"' in (page + state["query"]["query"] + column_filter).replace(
                            ": ", ":"
                        )


def test_formula_spans() -> None:
    """Only the outermost node of a chain carries its text, as Kibana 8.12 stores it."""
    root = formula.parse("sum(a) / (sum(b) + 1) * 2 - count()").root
    assert isinstance(root, formula.Math)
    assert (root.name, root.span) == ("subtract", (0, 35))
    product = root.left
    assert isinstance(product, formula.Math)
    assert (product.name, product.span) == ("multiply", (0, 26))
    inner = product.left
    assert isinstance(inner, formula.Math)
    assert (inner.name, inner.span) == ("divide", None)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ('a: "x y"', {"match_phrase": {"a": "x y"}}),
        ("a: *", {"exists": {"field": "a"}}),
        ("a: gpt-*", {"wildcard": {"a": {"value": "gpt-*"}}}),
        ("a >= 400", {"range": {"a": {"gte": "400"}}}),
        ("not a: 1", {"bool": {"must_not": [{"match": {"a": "1"}}]}}),
        (
            "a: (1 or 2) and b: 3",
            {
                "bool": {
                    "filter": [
                        {"bool": {"should": [{"match": {"a": "1"}}, {"match": {"a": "2"}}], "minimum_should_match": 1}},
                        {"match": {"b": "3"}},
                    ]
                }
            },
        ),
        (r'a: "say \"hi\""', {"match_phrase": {"a": 'say "hi"'}}),
    ],
)
def test_kql(text: str, query: dict[str, Any]) -> None:
    """KQL becomes the query that Kibana would send."""
    assert kql.to_dsl(kql.parse(text)) == query


def panels(files: dict[str, str]) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Every Lens panel, and the names of its dashboard's references."""
    for text in files.values():
        board = objects_in(text)[-1]
        outer = {ref["name"] for ref in board["references"]}
        for panel in json.loads(board["attributes"]["panelsJSON"]):
            if panel["type"] == "lens":
                yield panel, outer
