from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from generator import card as cards
from generator import paths
from generator.registry.fields import INDICES
from generator.render import elasticsearch, registry
from runner.cluster import present, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
KNOWN = registry.load()
CARD = cards.load(paths.PRICING)
BODIES: dict[str, Json] = {
    path.removeprefix("elasticsearch/").removesuffix(".json"): json.loads(text)
    for path, text in elasticsearch.files(CARD, KNOWN).items()
    if path.endswith(".json")
}
#: Groups of built-in types: what a module adds is not in the embedded Elasticsearch.
CORE = {"boolean", "date", "double", "flattened", "float", "integer", "ip", "keyword", "long", "text"}


def objects(body: Any) -> Iterator[Json]:  # noqa: ANN401 - JSON is of any shape
    """Every object in a body, itself included."""
    if isinstance(body, dict):
        yield body
        for inner in body.values():
            yield from objects(inner)
    elif isinstance(body, list):
        for inner in body:
            yield from objects(inner)


def leaves(properties: Json, prefix: str = "") -> Iterator[tuple[str, Json]]:
    """Dotted name and mapping of every field."""
    for name, inner in properties.items():
        if "properties" in inner:
            yield from leaves(inner["properties"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def composed(index: str) -> Iterator[tuple[str, Json]]:
    """The fields that an index gets from the components of its template."""
    for name in BODIES[f"index_templates/holysheep-{index}"]["composed_of"]:
        mappings = BODIES[f"component_templates/{name}"]["template"].get("mappings", {})
        yield from leaves(mappings.get("properties", {}))


@pytest.mark.parametrize("index", INDICES)
def test_a_template_composes_the_groups_of_the_list(index: str) -> None:
    """An index has exactly the fields that fields.yaml gives it, each once and of its type."""
    actual = list(composed(index))
    assert sorted(name for name, _ in actual) == sorted(field.name for field in KNOWN.fields.of(index))
    assert dict(actual).keys() == {field.name for field in KNOWN.fields.of(index)}
    for field in KNOWN.fields.of(index):
        assert dict(actual)[field.name]["type"] == field.type


@pytest.mark.parametrize("index", INDICES)
def test_a_template_matches_its_days_and_wins(index: str) -> None:
    """Its pattern is that of the daily indices, it makes no data stream, and no built-in template comes before it."""
    body = BODIES[f"index_templates/holysheep-{index}"]
    assert body["index_patterns"] == [f"holysheep-{index}-*"]
    assert "data_stream" not in body
    assert body["priority"] >= 500


@pytest.mark.parametrize("index", INDICES)
def test_only_the_lifecycle_may_be_missing(index: str) -> None:
    """Every component is rendered; the one that an Elasticsearch without lifecycles refuses may be left out there."""
    body = BODIES[f"index_templates/holysheep-{index}"]
    assert {f"component_templates/{name}" for name in body["composed_of"]} <= BODIES.keys()
    assert body["ignore_missing_component_templates"] == [f"holysheep-lifecycle-{index}"]
    only = BODIES[f"component_templates/holysheep-lifecycle-{index}"]["template"]
    assert only == {
        "settings": {"index": {"lifecycle": {"name": f"holysheep-{index}", "parse_origination_date": True}}}
    }


def test_every_component_is_used() -> None:
    """No component is rendered that no template composes."""
    used = {name for index in INDICES for name in BODIES[f"index_templates/holysheep-{index}"]["composed_of"]}
    assert used == {path.partition("/")[2] for path in BODIES if path.startswith("component_templates/")}


def test_nothing_is_dynamic() -> None:
    """Each mapping and each object in it is strict: an unknown field is refused, not guessed."""
    for path, body in BODIES.items():
        if path == "index_templates/holysheep_alerts":
            continue  # ElastAlert's own state: what it adds is kept and not mapped
        for inner in objects(body):
            if "properties" in inner:
                assert inner["dynamic"] == "strict", path
            assert inner.get("dynamic", "strict") == "strict", path


def test_wrong_values_are_refused() -> None:
    """Logsdb's ignore_malformed, which hides wrong values, is off, and no field turns it on."""
    index = BODIES["component_templates/holysheep-settings"]["template"]["settings"]["index"]
    assert (index["mode"], index["mapping"]["ignore_malformed"]) == ("logsdb", False)
    for path, body in BODIES.items():
        if path != "component_templates/holysheep-settings":
            assert not any("ignore_malformed" in inner for inner in objects(body)), path


def test_only_free_features_are_used() -> None:
    """_source is stored, since the synthetic one needs an Enterprise licence; types are those of the core."""
    index = BODIES["component_templates/holysheep-settings"]["template"]["settings"]["index"]
    assert index["mapping"]["source"] == {"mode": "stored"}
    assert {mapping["type"] for name in INDICES for _, mapping in composed(name)} <= CORE


def test_money_is_exact() -> None:
    """The total is kept as a double and as a long of nano-USD, whose sums are exact; both can be summed."""
    actual = dict(composed("api"))
    assert actual["holysheep.cost.total"] == {"type": "double", "index": False}
    assert actual["holysheep.cost.total_nano"] == {"type": "long", "index": False}


def test_an_index_is_sorted_by_its_own_fields() -> None:
    """Elasticsearch refuses an index that is sorted by a field that its mapping has not, or has without doc values."""
    for index in INDICES:
        settings = BODIES[f"index_templates/holysheep-{index}"]["template"].get("settings", {})
        for name in settings.get("index", {}).get("sort", {}).get("field", []):
            assert dict(composed(index))[name].get("doc_values", True)


@pytest.mark.parametrize("index", INDICES)
def test_an_index_lives_as_long_as_the_card_says(index: str) -> None:
    """Its policy deletes it after the days of pricing.yaml, and merges it to one segment when its day is over."""
    phases = BODIES[f"lifecycle/holysheep-{index}"]["policy"]["phases"]
    # Seals are kept as long as the logs that are kept longest: the records of changes.
    days = 2190 if index == "seals" else getattr(CARD.retention_days, index) or CARD.retention_days.api
    # An index of a year is named by its first day, and its last day is kept as long as the card says.
    year = 366 if index in ("rollups", "daily") else 0
    assert phases["delete"]["min_age"] == f"{year + days}d"
    assert phases["warm"]["min_age"] == f"{year + 2}d"
    assert phases["warm"]["actions"]["forcemerge"] == {"max_num_segments": 1}


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_short_life_has_phases_in_order(days: int) -> None:
    """A policy whose deletion would come before the merge has no merge: Elasticsearch would refuse the order."""
    phases = elasticsearch.lifecycle(days)["policy"]["phases"]
    assert ("warm" in phases) == (days > 2)
    assert phases["delete"]["min_age"] == f"{days}d"


def test_both_ways_of_applying_read_one_list() -> None:
    """The set-up container and `up` put the same folders into the same APIs, in the list's order, and every folder."""
    folder = paths.ROOT / "elasticsearch"
    listed = [(kind.folder, kind.api) for kind in rendered.kinds(folder)]
    assert listed == [
        ("lifecycle", "_ilm/policy"),
        ("component_templates", "_component_template"),
        ("index_templates", "_index_template"),
        ("roles", "_security/role"),
    ]
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {name for name, _ in listed}
    assert set(present.APIS) == {name for name, _ in listed}
    script = (paths.ROOT / "compose/scripts/setup.sh").read_text()
    assert '3< "$bundle/apply.txt"' in script
    assert [api for _, api in listed if api in script] == []
