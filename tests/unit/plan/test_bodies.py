"""Where a body in the cluster differs from the rendered one."""

from __future__ import annotations

from typing import Any

import pytest

from runner.cluster import bodies

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("wanted", "present"),
    [
        ({"a": 1, "b": True}, {"a": "1", "b": "true"}),
        ({"template": {"settings": {"index": {"codec": "x"}}}}, {"template": {"settings": {"index.codec": "x"}}}),
        ({"policy": {"phases": {}}}, {"policy": {"phases": {}}, "version": 3, "modified_date": "2026-11-26"}),
        ({"a": {}}, {}),
        ({}, {"ignored": [], "metadata": {}}),
        (
            {"indices": [{"names": ["x-*"]}]},
            {
                "indices": [{"names": ["x-*"], "allow_restricted_indices": False}],
                "transient_metadata": {"enabled": True},
            },
        ),
    ],
)
def test_what_elasticsearch_rewrites_is_no_difference(wanted: Json, present: Json) -> None:
    """Numbers as texts, flat settings, versions and dates, empty values."""
    assert bodies.differences(wanted, present) == ()


@pytest.mark.parametrize(
    ("wanted", "present", "expected"),
    [
        ({"a": {"b": 2}}, {"a": {"b": "1"}}, ("a.b", "1", "2")),
        ({"a": {"b": 2}}, {}, ("a.b", None, "2")),
        ({}, {"a": {"b": "1"}}, ("a.b", "1", None)),
        ({"a": ["x", "y"]}, {"a": ["x"]}, ("a", "x", "x, y")),
        ({"roles": [{"names": ["a"]}]}, {"roles": [{"names": ["b"]}]}, ("roles.0.names", "b", "a")),
        # a field may be named as what Elasticsearch adds to bodies
        (
            {"mappings": {"properties": {}}},
            {"mappings": {"properties": {"version": {"type": "keyword"}}}},
            ("field version", "keyword", None),
        ),
        (
            {"mappings": {"properties": {"a": {"dynamic": "strict", "properties": {"b": {"type": "ip"}}}}}},
            {"mappings": {"properties": {"a": {"dynamic": True, "properties": {"b": {"type": "ip"}}}}}},
            ("field a dynamic", "true", "strict"),
        ),
    ],
)
def test_a_difference_has_path_old_and_new(wanted: Json, present: Json, expected: tuple[str, str, str]) -> None:
    """One difference each, with the absence of a value as None."""
    found = bodies.differences(wanted, present)
    assert [(change.path, change.old, change.new) for change in found] == [expected]
