"""The rendered dashboards in a real Kibana: taken without a complaint, taken again, and given back."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from runner.kibana import exporter, importer
from runner.kibana.client import Kibana

if TYPE_CHECKING:
    from runner.kibana.importer import Json
    from tests.stack.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.official("kibana")]


def kibana(stack: Stack) -> Kibana:
    """Kibana with the set-up's rights, as `make up` has it."""
    login = base64.b64encode(f"elastic:{stack.secret('elastic_password')}".encode()).decode()
    result = Kibana(f"https://localhost:{stack.ports['kibana']}", ca=stack.authority, auth=f"Basic {login}")
    result.wait(120)
    return result


def rendered(stack: Stack) -> list[Json]:
    """The objects of every dashboard."""
    return importer.objects(
        path.read_text(encoding="utf-8") for path in sorted((stack.folder / "kibana").glob("*.ndjson"))
    )


def test_kibana_takes_every_object_twice(stack: Stack) -> None:
    """None is refused, none becomes a copy under another id, and the second import changes the same ones."""
    saved_objects = rendered(stack)
    for state in ("created", "updated"):
        outcomes = importer.run(kibana(stack), saved_objects)
        assert [
            (outcome.title, outcome.reason) for outcome in outcomes if outcome.state == "failed" or outcome.reason
        ] == []
        assert {outcome.state for outcome in outcomes} == {state}


def test_kibana_gives_every_object_back(stack: Stack) -> None:
    """What is exported has the ids and titles of what was rendered, and no reference that leads nowhere."""
    saved_objects = rendered(stack)
    importer.run(kibana(stack), saved_objects)
    exported = exporter.run(kibana(stack), saved_objects)

    def named(objects_: list[Json]) -> set[tuple[str, str, str]]:
        return {(item["type"], item["id"], item["attributes"]["title"]) for item in objects_}

    assert named(exported) == named(saved_objects)
    ids = {one["id"] for one in exported}
    assert {reference["id"] for one in exported for reference in one["references"]} <= ids
