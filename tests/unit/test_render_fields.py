from __future__ import annotations

import pytest

from generator import yamltext
from generator.errors import UserError
from generator.registry import fields

HEAD = f"""\
groups:
  - name: base
    in: [{", ".join(fields.INDICES)}]
    fields:
      - {{name: "@timestamp", type: date, search: true, origin: ECS, meaning: when}}
"""
LINE = "      - {name: %s, type: %s, origin: ECS, meaning: m%s}\n"


def refused(text: str) -> str:
    """The mistake that a field list is refused with."""
    with pytest.raises(UserError) as caught:
        fields.from_document(yamltext.parse(text, "fields.yaml"))
    return str(caught.value)


def test_the_list_of_the_bundle_is_valid() -> None:
    """fields.yaml has fields for each of the seven indices, and each of them has a time."""
    known = fields.load()
    assert known.indices == fields.INDICES
    assert all(known.of(index)[0].name == "@timestamp" for index in known.indices)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LINE % ("a", "keyword", ", indexed: true"), 'unknown key "indexed"'),
        (LINE % ("a", "constant_keyword", ""), "type: Input should be"),
        (LINE % ("a", "scaled_float", ""), "type: Input should be"),
        (LINE % ("A.b", "keyword", ""), "name: String should match"),
        (LINE % ("a..b", "keyword", ""), "name: String should match"),
        (LINE % ("_id", "keyword", ""), "name: String should match"),
        (LINE % ("a", "keyword", ", search: true, stored_only: true"), "can't be searched"),
        (LINE % ("a", "long", ", ignore_above: 10"), "only a keyword"),
        (LINE % ('"@timestamp"', "date", ""), "'@timestamp' is already a field of api"),
    ],
)
def test_a_mistake_is_named_with_its_line(line: str, says: str) -> None:
    """An unknown key or type, a bad name, a double field and options that exclude each other are refused by line."""
    message = refused(HEAD + line)
    assert message.startswith("fields.yaml:6: ")
    assert says in message


def test_a_field_is_a_value_or_an_object() -> None:
    """`a` and `a.b` can't both be fields of one index."""
    assert "'a' can't be a value: 'a.b' is below it" in refused(
        HEAD + LINE % ("a", "keyword", "") + LINE % ("a.b", "keyword", "")
    )


@pytest.mark.parametrize("name", ["settings", "lifecycle_api"])
def test_a_group_leaves_the_names_of_components_alone(name: str) -> None:
    """A group that would overwrite the component of settings or of a lifecycle is refused."""
    group = f"  - name: {name}\n    in: [api]\n    fields:\n" + LINE % ("a", "keyword", "")
    assert "a group can't be called" in refused(HEAD + group)


def test_groups_have_names_of_their_own() -> None:
    """Two groups of one name would be one component template."""
    group = "  - name: base\n    in: [api]\n    fields:\n" + LINE % ("a", "keyword", "")
    assert "two groups 'base'" in refused(HEAD + group)


def test_every_index_has_a_time() -> None:
    """An index without @timestamp could not be sorted, and is refused."""
    assert "audit has no @timestamp" in refused(HEAD.replace("audit, ", ""))
