"""The age of synthetic lines: too old, or of a future that a clock has made."""

from __future__ import annotations

import pytest

from runner.cluster.canary import Canary


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (179.0, ""),
        (181.0, "canary by file: the newest is 181 s old, 0 of 9 missing: no line came for"),
        # Two clocks of one stack may differ a little.
        (-170.0, ""),
        (-3600.0, "canary by file: the newest line is 60 min in the future: a clock was set back"),
    ],
)
def test_a_line_that_is_too_old_or_of_the_future_is_told(age: float, words: str) -> None:
    """Three minutes either way."""
    warnings = Canary("file", age, None, 9, 0).warnings()
    assert len(warnings) == bool(words)
    for warning in warnings:
        assert warning.startswith(words)


def test_a_line_of_the_next_second_is_new() -> None:
    """No age below zero is printed."""
    assert Canary("file", -0.4, None, 1, 0).text() == "canary by file: the newest is 0 s old, 0 of 1 missing"
