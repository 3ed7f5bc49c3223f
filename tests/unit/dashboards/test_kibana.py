"""Import and export against a server that refuses what Kibana refuses."""

from __future__ import annotations

import argparse
import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from generator import card
from generator.dashboards import ids, render
from generator.errors import UserError
from generator.paths import PRICING
from generator.render.registry import FOLDER
from runner.kibana import changes, client, exporter, importer
from runner.kibana.client import Kibana
from runner.options import export_dashboards, import_dashboards

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kibana_server import Server


def test_first_import_creates_and_second_updates(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """A re-import updates every object and adds none."""
    first = importer.run(server.kibana(), saved_objects)
    assert {outcome.state for outcome in first} == {"created"}
    count = len(server.state.spaces["default"])
    second = importer.run(server.kibana(), saved_objects)
    assert {outcome.state for outcome in second} == {"updated"}
    assert len(server.state.spaces["default"]) == count == len(saved_objects)


def test_missing_reference_is_told(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """Kibana's 200 with success: false is a failure of the objects that it names, with its reason."""
    views = [item for item in saved_objects if item["type"] == "index-pattern"]
    # The tag refers to nothing.
    others = [item for item in saved_objects if item not in views and item["type"] != "tag"]
    outcomes = importer.run(server.kibana(), others)
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    assert len(failed) == len(outcomes)
    assert failed[-1].reason.startswith("missing_references: index-pattern ")


def test_refused_file_fails_every_object(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """A version above what Kibana knows fails the whole file with Kibana's words."""
    newer = copy.deepcopy(saved_objects)
    newer[0]["typeMigrationVersion"] = "10.9.0"
    outcomes = importer.run(server.kibana(), newer)
    assert {outcome.state for outcome in outcomes} == {"failed"}
    assert "belongs to a more recent version of Kibana (HTTP 400)" not in outcomes[0].reason
    assert outcomes[0].reason.endswith("belongs to a more recent version of Kibana (HTTP 422)")


def test_space_and_base_path(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """Objects go into the space that was asked for, below the base path."""
    importer.run(server.kibana("ops"), saved_objects)
    assert len(server.state.spaces["ops"]) == len(saved_objects)
    assert not server.state.spaces["default"]
    assert all(path.startswith("/kibana/s/ops/") for path in server.state.asked)


def test_waits_until_ready(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """While Kibana starts, its answer is shown and asked again."""
    monkeypatch.setattr(client, "_POLL_S", 0.01)
    server.state.starting = 3
    messages: list[str] = []
    server.kibana().wait(10, messages.append)
    assert messages == [f"waiting for Kibana at {server.url}: Kibana server is not ready yet (HTTP 503)"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"auth": None}, "refuses these credentials: [security_exception]"),
        ({"ca": None}, "Kibana's certificate is not trusted"),
        ({"space": "nowhere"}, "the space 'nowhere' can't be used: Not Found"),
    ],
)
def test_hopeless_waits_end_at_once(server: Server, change: dict[str, Any], words: str) -> None:
    """What waiting can't mend is told at once, with what to do."""
    with pytest.raises(UserError, match=words.replace("[", r"\[")):
        server.kibana(**change).wait(60)


def test_wrong_base_path(server: Server) -> None:
    """A wrong base path is told as such."""
    with pytest.raises(UserError, match="there is no Kibana at this address"):
        server.kibana(url=server.url.replace("/kibana", "")).wait(60)


def test_nobody_there() -> None:
    """A Kibana that never answers ends the wait with the reason."""
    with pytest.raises(UserError, match="was not ready after 0 s: it does not answer"):
        Kibana("https://localhost:9").wait(0.1)


def test_unchanged_export_shows_nothing(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """What was imported and not touched does not differ."""
    importer.run(server.kibana(), saved_objects)
    assert _changes(exporter.run(server.kibana(), saved_objects)) == []


def test_changes_name_panel_and_line(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """A panel that a person changed is told by its id and its line in the YAML."""
    importer.run(server.kibana(), saved_objects)
    key = ("dashboard", ids.dashboard_id("overview"))
    board = copy.deepcopy(server.state.spaces["default"][key])
    panels = json.loads(board["attributes"]["panelsJSON"])
    panel = next(
        candidate for candidate in panels if candidate["panelIndex"] == ids.panel_id("overview", "top-spenders")
    )
    panel["title"], panel["version"] = "All spenders", "8.12.2"
    panels.remove(
        next(candidate for candidate in panels if candidate["panelIndex"] == ids.panel_id("overview", "top-errors"))
    )
    panels.append({**panel, "panelIndex": "made-by-hand"})
    board["attributes"]["panelsJSON"] = json.dumps(panels)
    server.state.spaces["default"][key] = board
    actual = [str(change) for change in _changes(exporter.run(server.kibana(), saved_objects))]
    assert len(actual) == 3
    line = next(text for text in actual if "'top-spenders' title" in text)
    words = ': panel \'top-spenders\' title: "Top spenders" here, "All spenders" in Kibana; to keep it, write there '
    assert line.endswith(words + 'title: "All spenders"')
    assert line.startswith("generator/registry/dashboards/overview.yaml:")
    assert any("panel 'top-errors'" in text and text.endswith("deleted in Kibana") for text in actual)
    assert any("a panel was added" in text for text in actual)


def test_deleted_object(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """An object that a person deleted is told, and does not hide the others."""
    importer.run(server.kibana(), saved_objects)
    del server.state.spaces["default"][("dashboard", ids.dashboard_id("cost"))]
    actual = [str(change) for change in _changes(exporter.run(server.kibana(), saved_objects))]
    assert actual == [
        "generator/registry/dashboards/cost.yaml:2: dashboard 'HolySheep 2 Cost': present here, deleted in Kibana"
    ]


def test_second_space_has_copies(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """Kibana gives other ids in a second space; import tells, re-import updates, export finds them."""
    importer.run(server.kibana(), saved_objects)
    outcomes = importer.run(server.kibana("ops"), saved_objects)
    assert all(outcome.state == "created" and "another space has this id" in outcome.reason for outcome in outcomes)
    assert {outcome.state for outcome in importer.run(server.kibana("ops"), saved_objects)} == {"updated"}
    assert _changes(exporter.run(server.kibana("ops"), saved_objects)) == []


def test_commands(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands import and export with options and the password from the environment."""
    folder = tmp_path / "kibana"
    folder.mkdir()
    for path, text in render.files(card.load(PRICING), FOLDER).items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    monkeypatch.setattr("runner.commands.import_dashboards.ROOT", tmp_path)
    monkeypatch.setenv("KIBANA_PASSWORD", "s3cret")
    options = ["--kibana", server.url, "--ca", str(server.ca), "--user", "elastic"]
    parser = argparse.ArgumentParser()
    sub = parser.add_subparsers()
    import_dashboards.add_parser(sub)
    export_dashboards.add_parser(sub)
    args = parser.parse_args(["import-dashboards", *options])
    assert args.func(args) == 0
    assert "created" in capsys.readouterr().out
    args = parser.parse_args(["export-dashboards", *options, "--out", str(tmp_path / "out")])
    assert args.func(args) == 0
    assert capsys.readouterr().out == "Kibana has the dashboards as they are rendered\n"
    assert (tmp_path / "out" / "cost.ndjson").is_file()


def _changes(exported: list[dict[str, Any]]) -> list[changes.Change]:
    boards = render.prepare(card.load(PRICING), FOLDER)
    result: list[changes.Change] = []
    for source in boards.sources:
        rendered = render.built(source, boards)
        expected = {item["id"] for item in rendered}
        result += changes.compare(rendered, [item for item in exported if item["id"] in expected], source)
    return result
