"""What a person changed in Kibana ends in the YAML: an edited YAML that was imported is what comes back."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from generator import card
from generator.dashboards import expand, ids, load, render, yamledit
from generator.paths import PRICING
from generator.render.registry import FOLDER
from runner.kibana import rewrite

if TYPE_CHECKING:
    from generator.dashboards.load import Source
    from generator.dashboards.render import Boards

Json = dict[str, Any]
#: A line of a page's YAML, and the line that a person's change makes of it.
EDITS = [
    ("overview", "title: Top spenders", "title: All spenders"),
    ("overview", "    size: [9, 6]\n    time: {from: now/d}", "    size: [12, 6]\n    time: {from: now/d}"),
    ("overview", "time: {from: now-30d/d}", "time: {from: now-14d/d}"),
    ("overview", "filter: 'event.outcome: \"failure\"'", "filter: 'event.outcome: \"failure\" and error.type: x'"),
    ("overview", "split: {field: error.type, top: 8, other: true}", "split: {field: error.code, top: 3}"),
    ("overview", "sum(holysheep.cost.total), format: usd}", "max(holysheep.cost.total), format: usd}"),
    ("overview", "label: Spend today", "label: Money of today"),
    ("overview", "subtitle: Yellow from 2 %, red from 5 %", "subtitle: Look at it"),
    ("overview", "note: Of successful calls.", "note: Of successful ones."),
    ("overview", "title: HolySheep 1 Overview", "title: Ours"),
    ("overview", "time: {from: now-24h}", "time: {from: now-7d}"),
    ("overview", "refresh: 30s", "refresh: 300s"),
    ("cost", "{label: Calls, formula: count(), format: integer, total: true}",
     "{label: Calls, formula: count(kql='user.id:*'), format: compact, total: true}"),
    ("errors", "columns: [gen_ai.request.model, error.type,", "columns: [error.type, gen_ai.request.model,"),
    ("latency", "sort: holysheep.latency.ms", "sort: gen_ai.usage.output_tokens"),
    ("overview", "kind: line\n    title: Median answer time", "kind: area\n    title: Median answer time"),
    ("overview", "    stacked: true\n    filter:", "    stacked: false\n    filter:"),
    ("overview", "{from: 0.02, tone: warn, word: above 2 %}", "{from: 0.03, tone: warn, word: above 2 %}"),
    ("overview", "tone: warn, word: near the budget}, {", "tone: bad, word: near the budget}, {"),
    ("overview", "title: Family}", "title: Maker}"),
    ("cost", 'lines: [{value: "10", label: Limit, tone: warn}]', 'lines: [{value: "12", label: Limit, tone: bad}]'),
    ("errors", "{from: 0.02, tone: warn}, {from: 0.05, tone: bad}]",
     "{from: 0.01, tone: warn}, {from: 0.2, tone: bad}]"),
    ("latency", "format: ms, tone: tan}", "format: ms, tone: brown}"),
]  # fmt: skip


@pytest.fixture(scope="module")
def boards() -> Boards:
    """The bundle's dashboards."""
    return render.prepare(card.load(PRICING), FOLDER)


def source_of(boards: Boards, slug: str) -> Source:
    """One dashboard."""
    return next(source for source in boards.sources if source.slug == slug)


@pytest.mark.parametrize("chart", ["area", "bar", "bar_stacked"])
def test_a_chart_whose_kind_was_chosen_in_kibana_comes_back(boards: Boards, chart: str) -> None:
    """Kibana's editor changes the kind of the series alone: the other settings stay those of the old kind."""
    source = source_of(boards, "overview")
    theirs = render.built(source, boards)
    board = next(item for item in theirs if item["type"] == "dashboard")
    panels = json.loads(board["attributes"]["panelsJSON"])
    panel = next(item for item in panels if item["panelIndex"] == ids.panel_id("overview", "response-time"))
    visualization = panel["embeddableConfig"]["attributes"]["state"]["visualization"]
    visualization["layers"][0]["seriesType"] = visualization["preferredSeriesType"] = chart
    board["attributes"]["panelsJSON"] = json.dumps(panels)
    text = rewrite.run(source, boards, theirs).source.document.text
    start = text.index("  - id: response-time")
    assert f"kind: {chart.removesuffix('_stacked')}\n" in text[start : start + 60]
    assert ("stacked: true" in text[start : start + 300]) == chart.endswith("_stacked")


@pytest.mark.parametrize(("slug", "line", "changed"), EDITS)
def test_a_change_comes_back_as_its_line(boards: Boards, slug: str, line: str, changed: str) -> None:
    """Kibana holds what an edited YAML renders: the YAML written from it renders the same."""
    source = source_of(boards, slug)
    assert line in source.document.text
    edited = expand.source(load.parse(source.document.text.replace(line, changed, 1), slug), boards.settings)
    theirs = render.built(edited, boards)
    result = rewrite.run(source, boards, theirs)
    assert render.built(result.source, boards) == theirs
    assert 1 <= len(result.edits) <= 3
    before, after = (text.splitlines() for text in (source.document.text, result.source.document.text))
    assert sum(a not in before for a in after) <= 2
    assert [text for text in before if text.lstrip().startswith("#")] == [
        text for text in after if text.lstrip().startswith("#")
    ]


def test_a_removed_panel_and_a_new_one_are_left(boards: Boards) -> None:
    """A panel that Kibana lacks may be newer than the last import, and one that was made there has no YAML."""
    source = source_of(boards, "overview")
    theirs = copy.deepcopy(render.built(source, boards))
    panels = json.loads(theirs[-1]["attributes"]["panelsJSON"])
    gone = ids.panel_id("overview", "top-errors")
    kept = [panel for panel in panels if panel["panelIndex"] != gone]
    theirs[-1]["attributes"]["panelsJSON"] = json.dumps([*kept, {**kept[-1], "panelIndex": "by-hand"}])
    assert rewrite.run(source, boards, theirs).edits == []


def test_what_the_yaml_cannot_say_is_not_written(boards: Boards) -> None:
    """A colour that a person chose, and a formula that our checks refuse, leave the file as it is."""
    source = source_of(boards, "overview")
    theirs = render.built(source, boards)
    text = theirs[-1]["attributes"]["panelsJSON"]
    theirs[-1]["attributes"]["panelsJSON"] = text.replace("sum(holysheep.cost.total)", "sum(no.such.field)").replace(
        '"curveType":"LINEAR"', '"curveType":"CURVE_STEP_AFTER"'
    )
    result = rewrite.run(source, boards, theirs)
    assert (result.edits, result.source.document.text) == ([], source.document.text)


def test_only_the_value_is_changed() -> None:
    """Comments and order stay; a new key gets a line of its own, or a place in the braces."""
    text = "a: 1  # one\nb: {c: d, e: [1, 2]}\nf:\n  - id: x\n    kind: y  # kind\n  - {id: z}\n"
    assert yamledit.put(text, ("b", "c"), "x: y") == text.replace("c: d", "c: 'x: y'")
    assert yamledit.put(text, ("f", 1, "title"), "T, U") == text.replace("{id: z}", "{id: z, title: 'T, U'}")
    assert yamledit.put(text, ("f", 0, "title"), "T") == text.replace("# kind\n", "# kind\n    title: T\n")
