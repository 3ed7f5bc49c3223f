"""Keys that may write templates, but not see or change the indices of today."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from runner.step import refused, writing
from tests.alerts import users
from tests.integration.plan.bundle import PREFIX, Bundle, Options, add_field, change_type, day, shown

if TYPE_CHECKING:
    from tests.integration.node import Node

pytestmark = pytest.mark.integration
PASSWORD: Final = "of-the-test-0123456789"  # noqa: S105 - of a cluster that is gone after the test
CLUSTER: Final = ["monitor", "manage_index_templates", "manage_ilm", "manage_security"]
ROLES: Final[dict[str, dict[str, Any]]] = {
    "planner_blind": {"cluster": CLUSTER, "indices": []},
    "planner_sees": {
        "cluster": CLUSTER,
        "indices": [{"names": [f"{PREFIX}*"], "privileges": ["view_index_metadata"]}],
    },
}


@pytest.fixture(scope="module")
def planners(node: Node) -> Node:
    """The node with a user of each role."""
    with node.client() as es:
        users.add(node, es, ROLES, PASSWORD)
    return node


def test_a_key_that_cannot_see_the_indices(planners: Node, bundle: Bundle) -> None:
    """A new field holds from tomorrow on; a changed type is refused, since an index of today may have the old one."""
    assert planners.port
    bundle.apply()
    bundle.index("api")
    own = replace(bundle, es=bundle.es.options(basic_auth=("planner_blind", PASSWORD)))
    bundle.edit(f"component_templates/{PREFIX}-call", add_field)
    steps = writing(own.plan())
    assert [step.name for step in steps] == [f"{PREFIX}-call"]
    tomorrow = day(1).replace(".", "-")
    assert steps[0].notes == (
        f"holds for indices made from {tomorrow} (UTC) on",
        "the indices of today can't be seen: the key lacks view_index_metadata",
    )
    bundle.edit(f"component_templates/{PREFIX}-call", change_type)
    found = {step.name: shown(step) for step in refused(own.plan())}
    assert found[f"{PREFIX}-api-*"] == [("field event.outcome type", "keyword", "long")]
    assert refused(own.plan(Options(from_tomorrow=True))) == []


def test_a_key_that_cannot_change_the_indices(planners: Node, bundle: Bundle) -> None:
    """A new field that today's index can't get from this key is named, with the privilege that is missing."""
    assert planners.port
    bundle.apply()
    today = bundle.index("api")
    own = replace(bundle, es=bundle.es.options(basic_auth=("planner_sees", PASSWORD)))
    bundle.edit(f"component_templates/{PREFIX}-call", add_field)
    steps = own.plan()
    assert [step.name for step in writing(steps)] == [f"{PREFIX}-call"]
    skipped = next(step for step in steps if step.name == today)
    assert (skipped.action, shown(skipped)) == ("skip", [("field gen_ai.shade", None, "keyword")])
    note = "the key lacks the privilege manage on this index: holds for indices made after it"
    assert skipped.notes == (note,)
    own.apply()
    assert writing(own.plan()) == []
