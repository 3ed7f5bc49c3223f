"""What a restore would do, before anything is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from generator.errors import UserError
from runner.backup import plan, take

NAMES = ["holysheep-api-2026.01.01", "holysheep-api-2026.01.02", "holysheep-errors-2026.01.01"]


def snapshot(version: str = "9.5.2") -> take.Snapshot:
    """One of three indices."""
    return take.Snapshot("s", "SUCCESS", "", version, NAMES, {"api": 2, "errors": 1}, 0, [])


def test_the_name_is_the_time() -> None:
    """So that names sort; and it is one that Elasticsearch takes."""
    name = take.new_name(datetime(2026, 11, 21, 7, 30, 0, 45_678, tzinfo=UTC))
    assert name == "2026.11.21-073000-045"
    assert take.check_name(name) == name


def test_patterns_choose() -> None:
    """Several are joined."""
    plan_ = plan.make(snapshot(), set(), patterns=["*-errors-*", "*.01.02"])
    assert sorted(plan_.targets) == NAMES[1:]


def test_in_place_of_others_those_are_named() -> None:
    """Only what is there must go."""
    assert plan.make(snapshot(), {NAMES[0], "x"}, mode="replace").in_the_way == [NAMES[0]]


@pytest.mark.parametrize("rename", ["Old", "", "-x", "a*", "holysheep", "holysheep-old"])
def test_bad_names_of_copies(rename: str) -> None:
    """What Elasticsearch refuses, and what dashboards would count."""
    with pytest.raises(UserError):
        plan.make(snapshot(), set(), mode="rename", rename=rename)


@pytest.mark.parametrize(("took", "reads", "fine"), [("9.5.2", "8.19.21", False), ("8.19.21", "9.5.2", True)])
def test_a_newer_snapshot_is_refused(took: str, reads: str, fine: bool) -> None:  # noqa: FBT001  # a column of the table
    """Elasticsearch reads older ones alone."""
    if fine:
        plan.check_version(snapshot(took), reads)
        return
    with pytest.raises(UserError, match="can't read"):
        plan.check_version(snapshot(took), reads)


def test_what_the_lifecycle_would_delete_is_known() -> None:
    """By the day in the name and the days of its kind."""
    plan_ = plan.make(snapshot(), set())
    now = datetime(2026, 1, 11, 12, tzinfo=UTC)
    assert plan.outlived(plan_, {"api": 10}, "holysheep", now) == [NAMES[0]]
    assert plan.outlived(plan_, {}, "holysheep", now) == []
