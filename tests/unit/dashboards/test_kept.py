"""What an import keeps and what it replaces, against a server that refuses what Kibana refuses."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from generator.dashboards import ids
from runner.kibana import importer, record

if TYPE_CHECKING:
    from tests.kibana_server import Server


def test_a_persons_changes_are_kept(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """An import leaves what a person changed since the last one, says what differs, and takes ours with `overwrite`."""
    importer.run(server.kibana(), saved_objects)
    key = ("dashboard", ids.dashboard_id("overview"))
    held = server.state.spaces["default"]
    board = copy.deepcopy(held[key])
    board["attributes"]["title"], board["updated_at"] = "Mine", "2026-11-22T08:00:00.000Z"
    held[key] = board
    outcomes = {(outcome.type, outcome.id): outcome for outcome in importer.run(server.kibana(), saved_objects)}
    assert outcomes[key].state == "kept"
    assert outcomes[key].reason == "differs in attributes.title; --overwrite replaces it with ours"
    assert {outcome.state for other, outcome in outcomes.items() if other != key} == {"updated"}
    assert held[key]["attributes"]["title"] == "Mine"
    assert {outcome.state for outcome in importer.run(server.kibana(), saved_objects, overwrite=True)} == {"updated"}
    assert held[key]["attributes"]["title"] == "HolySheep 1 Overview"


def test_our_own_older_version_is_updated(server: Server, saved_objects: list[dict[str, Any]]) -> None:
    """What nobody touched since our import is replaced by what we render now."""
    importer.run(server.kibana(), saved_objects)
    newer = copy.deepcopy(saved_objects)
    newer[-1]["attributes"]["description"] = "Newer."
    assert {outcome.state for outcome in importer.run(server.kibana(), newer)} == {"updated"}


@pytest.mark.parametrize("space", ["default", "ops"])
def test_an_older_version_is_known_without_a_record(
    server: Server, saved_objects: list[dict[str, Any]], space: str
) -> None:
    """From another checkout, only the dashboard that a person saved is kept; what our older version made is updated."""
    importer.run(server.kibana(), saved_objects)  # In the second space the ids are others.
    older = copy.deepcopy(saved_objects)
    for item in older:
        item["attributes"]["description"] = "Older."
    importer.run(server.kibana(space), older)
    record.FILE.unlink()
    held = server.state.spaces[space]
    title = "HolySheep 2 Cost"
    key, saved = next((key, item) for key, item in held.items() if item["attributes"].get("title") == title)
    held[key] = saved = copy.deepcopy(saved)
    saved["attributes"] |= {"title": "Mine", "optionsJSON": '{"useMargins":true}'}  # Kibana drops unknown options.
    views = [item for item in held.values() if item["type"] == "index-pattern"]
    for view in views:  # Kibana counts by itself how often a field was used.
        view["attributes"]["fieldAttrs"] = '{"labels.team":{"count":2}}'
    outcomes = importer.run(server.kibana(space), saved_objects)
    kept = {(outcome.type, outcome.title) for outcome in outcomes if outcome.state == "kept"}
    assert ("dashboard", title) in kept
    assert {type_ for type_, _ in kept} <= {"dashboard", "search", "index-pattern"}
    assert len([type_ for type_, _ in kept if type_ == "dashboard"]) == 1
