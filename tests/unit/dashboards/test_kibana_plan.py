"""What a plan says of a Kibana, and what applying it leaves to be done."""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from generator.dashboards import ids
from generator.errors import UserError
from runner.kibana import plan, record
from runner.kibana.plan import Options
from runner.step import writing

if TYPE_CHECKING:
    from runner.step import Step
    from tests.kibana_server import Server

Json = dict[str, Any]
ZONE = "Asia/Seoul"
BOARD = ("dashboard", ids.dashboard_id("overview"))
DEFAULT = Options()


def make(server: Server, objects: list[Json], options: Options = DEFAULT) -> list[Step]:
    """The plan as it is now."""
    return plan.make(server.kibana(), objects, ZONE, options)


def apply(server: Server, objects: list[Json], options: Options = DEFAULT) -> None:
    """Write the plan."""
    plan.refuse(plan.execute(server.kibana(), make(server, objects, options), objects))


def edit(server: Server, key: tuple[str, str], title: str) -> None:
    """A person's change in Kibana, which gives the object a new time of change."""
    held = server.state.spaces["default"]
    held[key] = copy.deepcopy(held[key])
    held[key]["attributes"]["title"], held[key]["updated_at"] = title, "2026-11-22T08:00:00.000Z"


def of(steps: list[Step], action: str) -> list[tuple[str, str]]:
    """(kind, name) of the steps with an action."""
    return [(step.kind, step.name) for step in steps if step.action == action]


def test_everything_is_made_and_then_nothing(server: Server, saved_objects: list[Json]) -> None:
    """A plan writes nothing; applied, it leaves nothing to be done, and imports nothing again."""
    steps = make(server, saved_objects)
    assert Counter(step.action for step in steps) == {"create": len(saved_objects), "change": 1}
    assert server.state.spaces["default"] == {}
    setting = steps[-1]
    assert [(change.path, change.old, change.new) for change in setting.differences] == [
        ("dateFormat:tz", "Browser", ZONE)
    ]
    apply(server, saved_objects)
    assert server.state.settings["default"] == {"dateFormat:tz": {"userValue": ZONE}}
    count = server.state.imports
    assert count == len(saved_objects)
    assert {step.action for step in make(server, saved_objects)} == {"unchanged"}
    apply(server, saved_objects)
    assert server.state.imports == count


def test_a_newer_form_of_the_same_object_is_unchanged(server: Server, saved_objects: list[Json]) -> None:
    """A Kibana that stores dashboards in a newer form has what was imported; our own change still shows."""
    server.state.newer = True
    apply(server, saved_objects)
    assert writing(make(server, saved_objects)) == []
    newer = copy.deepcopy(saved_objects)
    board = next(item for item in newer if (item["type"], item["id"]) == BOARD)
    board["attributes"]["description"] = "Newer."
    assert of(make(server, newer), "change") == [("dashboard", "HolySheep 1 Overview")]


def test_what_we_render_anew_is_shown_and_written(server: Server, saved_objects: list[Json]) -> None:
    """A change names the panel or the attribute, Kibana's value and ours; only that object is imported."""
    apply(server, saved_objects)
    newer = copy.deepcopy(saved_objects)
    board = next(item for item in newer if (item["type"], item["id"]) == BOARD)
    board["attributes"]["title"] = "Renamed"
    steps = writing(make(server, newer))
    assert [(change.path, change.old, change.new) for change in steps[0].differences] == [
        ("attributes.title", '"HolySheep 1 Overview"', '"Renamed"')
    ]
    count = server.state.imports
    apply(server, newer)
    assert server.state.imports == count + 1
    assert writing(make(server, newer)) == []


def test_another_checkout_knows_what_was_written(server: Server, saved_objects: list[Json]) -> None:
    """A data view that was written alone leaves its digest in Kibana, too: the next change of it is no person's."""
    apply(server, saved_objects)
    for label in ("Newer", "Newest"):
        newer = copy.deepcopy(saved_objects)
        view = next(item for item in newer if item["type"] == "index-pattern")
        view["attributes"]["name"] = label
        assert of(make(server, newer), "change") == [("data view", label)]
        apply(server, newer)
        record.FILE.unlink()
        assert writing(make(server, newer)) == []


def test_a_persons_change_is_kept_unless_told(server: Server, saved_objects: list[Json]) -> None:
    """What a person changed is shown and stays; `--overwrite` replaces it."""
    apply(server, saved_objects)
    edit(server, BOARD, "Mine")
    steps = make(server, saved_objects)
    assert writing(steps) == []
    kept = next(step for step in steps if step.action == "keep")
    assert [(change.path, change.old, change.new) for change in kept.differences] == [
        ("attributes.title", '"Mine"', '"HolySheep 1 Overview"')
    ]
    assert kept.notes == ("a person changed it in Kibana; --overwrite replaces it with ours",)
    apply(server, saved_objects)
    assert server.state.spaces["default"][BOARD]["attributes"]["title"] == "Mine"
    apply(server, saved_objects, Options(overwrite=True))
    assert server.state.spaces["default"][BOARD]["attributes"]["title"] == "HolySheep 1 Overview"
    assert {step.action for step in make(server, saved_objects)} == {"unchanged"}


def test_a_deleted_object_is_made_again(server: Server, saved_objects: list[Json]) -> None:
    """An object that is gone from Kibana is imported, and its references are those that Kibana has."""
    apply(server, saved_objects)
    del server.state.spaces["default"][BOARD]
    assert of(make(server, saved_objects), "create") == [("dashboard", "HolySheep 1 Overview")]
    apply(server, saved_objects)
    assert BOARD in server.state.spaces["default"]


def test_prune_deletes_what_was_imported_and_nobody_changed(server: Server, saved_objects: list[Json]) -> None:
    """A dashboard that is no longer rendered goes; a person's copy of it, and one that a person changed, stay."""
    apply(server, saved_objects)
    held = server.state.spaces["default"]
    cost, errors = (("dashboard", ids.dashboard_id(name)) for name in ("cost", "errors"))
    own = ("dashboard", "11111111-1111-4111-8111-111111111111")
    held[own] = {**copy.deepcopy(held[cost]), "id": own[1]}
    edit(server, errors, "Edited")
    fewer = [item for item in saved_objects if (item["type"], item["id"]) not in (cost, errors)]
    notes = {step.name: step.notes for step in make(server, fewer) if step.action == "keep"}
    assert notes == {
        "HolySheep 2 Cost": ("no longer rendered; --prune deletes it",),
        "Edited": ("no longer rendered, but a person changed it: delete it in Kibana",),
    }
    apply(server, fewer)
    assert cost in held
    apply(server, fewer, Options(prune=True))
    assert (cost in held, errors in held, own in held) == (False, True, True)
    assert writing(make(server, fewer, Options(prune=True))) == []


@pytest.mark.parametrize(
    ("setting", "action", "words"),
    [
        ({"userValue": "Europe/Berlin"}, "keep", "somebody set dateFormat:tz to Europe/Berlin"),
        ({"userValue": "UTC", "isOverridden": True}, "keep", "kibana.yml sets dateFormat:tz to UTC"),
        ({"userValue": ZONE}, "unchanged", "dateFormat:tz is Asia/Seoul, as the budgets'"),
    ],
)
def test_a_persons_time_zone_is_kept(
    server: Server, saved_objects: list[Json], setting: Json, action: str, words: str
) -> None:
    """Kibana's time zone is that of the budgets, unless a person or kibana.yml chose another."""
    server.state.settings["default"]["dateFormat:tz"] = setting
    step = make(server, saved_objects)[-1]
    assert (step.kind, step.action) == ("setting", action)
    assert step.notes[0].startswith(words)
    apply(server, saved_objects)
    assert server.state.settings["default"]["dateFormat:tz"] == setting


def test_a_missing_right_is_one_line(server: Server, saved_objects: list[Json]) -> None:
    """A user who may only read sees the plan, and is told Kibana's reason when it is written."""
    server.state.read_only = True
    assert len(writing(make(server, saved_objects))) == len(saved_objects) + 1
    with pytest.raises(UserError) as caught:
        apply(server, saved_objects)
    first = saved_objects[0]["attributes"]
    kind = {"index-pattern": "data view"}.get(saved_objects[0]["type"], saved_objects[0]["type"])
    name = first.get("name") or first["title"]
    expected = f"Kibana: {kind} {name!r} (and {len(saved_objects)} more): Unable to bulk_create dashboard (HTTP 403)"
    assert str(caught.value) == expected
