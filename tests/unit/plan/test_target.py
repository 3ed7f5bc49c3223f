"""Which cluster a plan is about, and what is started before the templates are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.runtimes import choose
from runner.runtimes.docker import settings, starting
from tests import composefile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout in which nothing was started."""
    monkeypatch.setattr(choose, "FILE", tmp_path / "mode")
    monkeypatch.delenv(settings.CLUSTER, raising=False)
    monkeypatch.delenv(settings.OVERLAYS, raising=False)


def test_an_existing_cluster_can_be_planned_for_before_the_first_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the cluster wants to see what `make up` would add to it."""
    monkeypatch.setenv(settings.CLUSTER, "https://es.example.com:9200")
    runtime = choose.planned()
    assert (runtime.owns_cluster, runtime.url()) == (False, "https://es.example.com:9200")


def test_without_a_cluster_there_is_nothing_to_plan_for() -> None:
    """The error says how to start one."""
    with pytest.raises(UserError, match="nothing was started here, start it with `make up`"):
        choose.planned()


@pytest.mark.parametrize(
    ("overlays", "nodes"),
    [
        ((), ["elasticsearch"]),
        (("alerts",), ["elasticsearch"]),
        (("three-nodes",), ["elasticsearch", "elasticsearch-2", "elasticsearch-3"]),
        (("existing-cluster",), []),
    ],
)
def test_elasticsearch_alone_is_started_before_the_templates_are_written(
    overlays: tuple[str, ...], nodes: list[str]
) -> None:
    """The nodes are those that `setup` waits for; an existing cluster has its templates from `existing.prepare`."""
    config = composefile.merged(*overlays)
    if config is None:
        pytest.skip("there is no docker compose")
    assert sorted(starting.before_setup(config)) == nodes
