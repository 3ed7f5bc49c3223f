"""A plan in lines for people: the same change of many objects is one entry."""

from __future__ import annotations

import pytest

from generator.errors import UserErrors
from runner.cluster import apply as applying
from runner.commands import plan_text
from runner.step import SHOWN, Difference, Step

FIELD = (Difference("field a", None, "keyword"),)
TYPE = (Difference("field b type", "long", "keyword"),)
NOW = ("the index takes this now",)
NEVER = ("an index that exists can't take it",)
STEPS = [
    Step("change", "component_templates", "base", FIELD, ("holds tomorrow",)),
    Step("change", "indices", "api", FIELD, NOW),
    Step("refuse", "indices", "api", TYPE, NEVER),
    Step("change", "indices", "errors", FIELD, NOW),
    Step("refuse", "indices", "errors", TYPE, NEVER),
    Step("create", "roles", "reader"),
    Step("create", "roles", "writer"),
    Step("skip", "lifecycle", "api", notes=("no module",)),
    Step("skip", "lifecycle", "errors", notes=("no module",)),
    Step("unchanged", "roles", "auditor"),
]


def test_the_same_for_several_objects_is_told_once() -> None:
    """In the order in which it comes first; objects without a difference stay lines of their own."""
    assert [line.plain for line in plan_text.lines(STEPS)] == [
        "  ~ component_templates/base",
        "      field a: (none) → keyword",
        "      holds tomorrow",
        "  ~ indices: api, errors",
        "      field a: (none) → keyword",
        "      the index takes this now",
        "  x indices: api, errors",
        "      field b type: long → keyword",
        "      an index that exists can't take it",
        "  + roles/reader",
        "  + roles/writer",
        "  ? 2 files: no module",
        "  = 1 unchanged",
    ]


def test_up_tells_what_differs_and_not_what_is_new() -> None:
    """A first start makes dozens of objects."""
    lines = applying.differing(STEPS)
    assert lines[0] == "Elasticsearch differs from the rendered files:"
    assert [line for line in lines if line[2] in "~x+"] == [
        "  ~ component_templates/base",
        "  ~ indices: api, errors",
        "  x indices: api, errors",
    ]
    assert applying.differing(STEPS[5:]) == []


def test_a_refusal_names_its_indices_once() -> None:
    """One error for the change, with both indices."""
    with pytest.raises(UserErrors) as caught:
        applying.refuse(STEPS)
    assert str(caught.value) == "api, errors: field b type: long → keyword: an index that exists can't take it"


def test_long_lists_and_values_are_cut() -> None:
    """`--json` has all: of nine differences the last is counted, and a value of 100 characters keeps 89."""
    many = tuple(Difference(f"setting {number}", None, "x" * 100) for number in range(SHOWN + 1))
    lines = [line.plain.strip() for line in plan_text.lines([Step("change", "roles", "reader", many)])]
    assert lines[1] == f"setting 0: (none) → {'x' * 89}…"
    assert lines[-1] == "… and 1 more: --json has all"
