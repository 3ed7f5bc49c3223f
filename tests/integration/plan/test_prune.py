"""What is no longer rendered is deleted, if it is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runner.step import writing
from tests.integration.plan.bundle import PREFIX, Options

if TYPE_CHECKING:
    from tests.integration.plan.bundle import Bundle

pytestmark = pytest.mark.integration


def test_prune_deletes_ours_alone(bundle: Bundle) -> None:
    """What is no longer rendered goes; a person's templates stay, as do a copy of ours and another bundle's."""
    es = bundle.es
    bundle.apply()
    ours = {"managed_by": "holysheep-elk"}
    component: dict[str, Any] = {"mappings": {"properties": {"a": {"type": "keyword"}}}}
    for name in ("old", "used", "eu-settings", "eu-call"):
        es.cluster.put_component_template(name=f"{PREFIX}-{name}", template=component, meta=ours)
    es.cluster.put_component_template(name=f"{PREFIX}-mine", template=component)
    made: list[tuple[str, str, str, dict[str, str]]] = [
        ("old", f"{PREFIX}-old-*", "old", ours),
        ("eu-call", f"{PREFIX}-eu-call-*", "eu-call", ours),
        ("api-copy", f"{PREFIX}-api-*", "used", ours),
        ("person", f"{PREFIX}-person-*", "used", {}),
    ]
    for number, (name, pattern, part, meta) in enumerate(made):
        es.indices.put_index_template(
            name=f"{PREFIX}-{name}",
            index_patterns=[pattern],
            composed_of=[f"{PREFIX}-{part}"],
            priority=number,
            meta=meta,
        )
    steps = bundle.plan()
    assert writing(steps) == []
    kept = {step.name: step.notes[0] for step in steps if step.action == "keep"}
    assert kept == {
        f"{PREFIX}-old": "no longer rendered; --prune deletes it",
        f"{PREFIX}-used": f"no longer rendered, but in use by the index template {PREFIX}-api-copy, {PREFIX}-person",
    }
    steps = writing(bundle.plan(Options(prune=True)))
    # in this order: a component template in use can't be deleted
    assert [(step.action, step.kind, step.name) for step in steps] == [
        ("delete", "index_templates", f"{PREFIX}-old"),
        ("delete", "component_templates", f"{PREFIX}-old"),
    ]
    bundle.apply(Options(prune=True))
    assert writing(bundle.plan(Options(prune=True))) == []
    assert not es.indices.exists_index_template(name=f"{PREFIX}-old")
    for name in ("eu-call", "api-copy", "person", "api"):
        assert es.indices.exists_index_template(name=f"{PREFIX}-{name}")
    for name in ("used", "eu-settings", "eu-call", "mine", "call"):
        assert es.cluster.exists_component_template(name=f"{PREFIX}-{name}")
