"""What a plan says before anything is written, and what applying it leaves to be done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from elasticsearch import BadRequestError

from generator.errors import UserError
from runner.step import refused, writing
from tests.integration.plan.bundle import PREFIX, Options, add_field, change_type, day, shown

if TYPE_CHECKING:
    from tests.integration.plan.bundle import Bundle

pytestmark = pytest.mark.integration


def test_an_empty_cluster_gets_everything_and_then_nothing(bundle: Bundle) -> None:
    """A plan writes nothing; applied, it leaves nothing to be done."""
    steps = bundle.plan()
    files = list(bundle.folder.glob("*/*.json"))
    assert len(steps) == len(files)
    assert {step.action for step in steps} == {"create", "skip"}
    assert all(step.notes for step in steps if step.action == "skip")
    # what this distribution lacks: the lifecycle module, its settings, and the index for roles
    kept = [
        f for f in files if f.parent.name in ("component_templates", "index_templates") and "-lifecycle-" not in f.name
    ]
    assert len(writing(steps)) == len(kept)
    assert not bundle.es.indices.exists_index_template(name=f"{PREFIX}-*")
    bundle.apply()
    assert bundle.es.indices.exists_index_template(name=f"{PREFIX}-api")
    bundle.index("api")
    assert writing(bundle.plan()) == []


def test_a_new_field_reaches_the_indices_of_today(bundle: Bundle) -> None:
    """Strict indices refuse a new field; after `apply` those of today and yesterday take it, older ones don't."""
    bundle.apply()
    today, yesterday, old = bundle.index("api"), bundle.index("api", -1), bundle.index("api", -2)
    document = {"@timestamp": "2026-01-01T00:00:00Z", "gen_ai": {"shade": "blue"}}
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        bundle.es.index(index=today, document=document)
    bundle.edit(f"component_templates/{PREFIX}-call", add_field)
    steps = {step.name: step for step in writing(bundle.plan())}
    assert set(steps) == {f"{PREFIX}-call", today, yesterday}
    change = [("field gen_ai.shade", None, "keyword")]
    assert all(shown(step) == change for step in steps.values())
    tomorrow = day(1).replace(".", "-")
    assert steps[f"{PREFIX}-call"].notes == (f"holds for indices made from {tomorrow} (UTC) on",)
    assert steps[today].notes == ("the index takes this now",)
    assert steps[yesterday].notes == ("the index takes this now, for lines that come late",)
    bundle.apply()
    assert writing(bundle.plan()) == []
    bundle.es.index(index=today, document=document)
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        bundle.es.index(index=old, document=document)
    # three days: today, yesterday and the day before
    assert [step.name for step in writing(bundle.plan(Options(days=3)))] == [old]


def test_a_changed_type_is_refused_while_an_index_of_today_has_the_old_one(bundle: Bundle) -> None:
    """The refusal names field, index and day, and nothing is written; told so, it holds from tomorrow on."""
    bundle.apply()
    today, late = bundle.index("api"), bundle.index("errors", -1)
    bundle.edit(f"component_templates/{PREFIX}-call", change_type)
    bundle.edit(f"component_templates/{PREFIX}-base", lambda body: body.update(version=7))
    steps = bundle.plan()
    assert [(step.name, shown(step)) for step in refused(steps)] == [
        (today, [("field event.outcome type", "keyword", "long")])
    ]
    tomorrow = day(1).replace(".", "-")
    with pytest.raises(UserError) as caught:
        bundle.apply()
    words = (
        f"{today}: field event.outcome type: keyword → long: an index that exists can't take it; "
        f"the next one is of {tomorrow}"
    )
    assert str(caught.value) == f"{words} (UTC); `apply --from-tomorrow` accepts that"
    present = bundle.es.cluster.get_component_template(name=f"{PREFIX}-call")["component_templates"][0]
    assert present["component_template"]["template"]["mappings"]["properties"]["event"]["properties"]["outcome"] == {
        "type": "keyword"
    }
    bundle.apply(Options(from_tomorrow=True))
    steps = bundle.plan()
    assert (writing(steps), refused(steps)) == ([], [])
    following = bundle.index("api", 1)
    fields = bundle.es.indices.get_mapping(index=[today, late, following])
    types = [
        fields[name]["mappings"]["properties"]["event"]["properties"]["outcome"]["type"]
        for name in (today, late, following)
    ]
    assert types == ["keyword", "keyword", "long"]


def test_a_changed_type_is_taken_before_the_first_index_of_today(bundle: Bundle) -> None:
    """Only indices that still take lines of today are in the way."""
    bundle.apply()
    bundle.index("api", -1)
    bundle.edit(f"component_templates/{PREFIX}-call", change_type)
    steps = writing(bundle.plan())
    assert [step.name for step in steps] == [f"{PREFIX}-call"]
    assert steps[0].notes == ("holds for indices made from today on: there is no index of today yet",)
    bundle.apply()


def test_an_edit_by_hand_is_shown_and_undone(bundle: Bundle) -> None:
    """What a person changed in the cluster is shown with path, present value and rendered value."""
    bundle.apply()
    name = f"{PREFIX}-api"
    template = bundle.es.indices.get_index_template(name=name)["index_templates"][0]["index_template"]
    body = json.loads(json.dumps(dict(template)))
    body["priority"] = 7
    body["template"]["settings"]["index"]["refresh_interval"] = "9s"
    for key in ("created_date", "created_date_millis", "modified_date", "modified_date_millis"):
        body.pop(key, None)
    bundle.es.indices.put_index_template(name=name, **body)
    steps = writing(bundle.plan())
    assert [(step.action, step.kind, step.name) for step in steps] == [("change", "index_templates", name)]
    assert sorted(shown(steps[0])) == [("priority", "7", "500"), ("template.settings.refresh_interval", "9s", None)]
    bundle.apply()
    assert writing(bundle.plan()) == []
