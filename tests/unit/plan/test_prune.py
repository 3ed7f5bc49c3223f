"""Whose a role or a lifecycle policy is. The local Elasticsearch has neither."""

from __future__ import annotations

from typing import Any

import pytest

from runner.cluster import prune
from runner.cluster.present import Present

Json = dict[str, Any]
OURS = {"managed_by": "holysheep-elk"}


def deleted(bodies: dict[str, dict[str, Json]]) -> list[tuple[str, str]]:
    """What a plan with `--prune` deletes, where nothing at all is rendered."""
    steps = prune.steps(Present(bodies), [], "holysheep", delete=True)
    return [(step.kind, step.name) for step in steps if step.action == "delete"]


def role(*patterns: str, metadata: Json = OURS) -> Json:
    """A role with rights on indices."""
    return {"indices": [{"names": list(patterns), "privileges": ["read"]}], "metadata": metadata}


@pytest.mark.parametrize(
    ("name", "body", "ours"),
    [
        ("holysheep_auditor", role("holysheep-audit-*"), True),
        ("holysheep_alerter", role("holysheep-*", "holysheep_alerts*"), True),
        ("holysheep_person", role("holysheep-*", metadata={}), False),
        ("people", role("holysheep-*"), False),
        ("holysheep_wide", role("holysheep-*", "logs-*"), False),
        ("holysheep_other", role("holysheep-eu-*"), False),
        ("holysheep_none", {"cluster": ["all"], "indices": [], "metadata": OURS}, False),
    ],
)
def test_whose_a_role_is(name: str, body: Json, ours: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A role is ours by name, metadata and index patterns together."""
    eu = {"holysheep-eu-settings": {"_meta": OURS}}
    assert (("roles", name) in deleted({"roles": {name: body}, "component_templates": eu})) is ours


def test_a_policy_goes_when_no_index_needs_it() -> None:
    """A policy deletes the indices that are left of a kind; a person's has no mark."""
    policies = {
        "holysheep-free": {"policy": {"_meta": OURS}, "in_use_by": {"indices": []}},
        "holysheep-used": {"policy": {"_meta": OURS}, "in_use_by": {"indices": ["holysheep-x-2026.01.01"]}},
        "holysheep-mine": {"policy": {}, "in_use_by": {}},
    }
    assert deleted({"lifecycle": policies}) == [("lifecycle", "holysheep-free")]
    steps = prune.steps(Present({"lifecycle": policies}), [], "holysheep", delete=True)
    kept = [(step.name, step.notes) for step in steps if step.action == "keep"]
    assert kept == [("holysheep-used", ("no longer rendered, but in use by 1 indices, which it still has to delete",))]
