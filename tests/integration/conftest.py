"""Real Elasticsearch nodes, each version once a run, where a Java fits."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster.apply import apply
from runner.host import machine, maven
from runner.host.jdk import VERSIONS, choose, find
from runner.runtimes.embedded import elasticsearch, place
from runner.runtimes.embedded.layout import Layout
from tests.integration.node import Node
from tests.integration.sealed import SIZES, Sealed, make

if TYPE_CHECKING:
    from collections.abc import Iterator


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the older version of what is marked `newest`: CI has 45 minutes."""
    if os.environ.get("HOLYSHEEP_ALL_VERSIONS"):
        return
    newest = next(iter(VERSIONS))
    left = [
        item
        for item in items
        if isinstance(item, pytest.Function)
        and item.get_closest_marker("newest")
        and hasattr(item, "callspec")
        and item.callspec.params.get("node", newest) != newest
    ]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


@pytest.fixture(scope="session", params=list(VERSIONS))
def node(request: pytest.FixtureRequest) -> Iterator[Node]:
    """A fresh node with everything applied; stopped and removed before the next version starts."""
    try:
        choice = choose(find(), request.param)
        maven.fetch(maven.ELASTICSEARCH[request.param])
    except UserError as error:
        pytest.skip(str(error))
    # Not pytest's own folder: that is closed to the user as whom Elasticsearch runs when we are root.
    base = Path(tempfile.mkdtemp(prefix="holysheep-test-"))
    base.chmod(0o755)
    layout = Layout(base, place.base(), base / "secrets", request.param, machine.runner())
    before = {name: os.environ.pop(name, None) for name in ("HOLYSHEEP_ES_HEAP", "HOLYSHEEP_ES_PORT")}
    # A port of the system's choice, so that neither another run nor a person's own node is in the way.
    os.environ |= {"HOLYSHEEP_ES_HEAP": "512", "HOLYSHEEP_ES_PORT": str(free_port())}
    try:
        record = elasticsearch.start(layout, choice, print)
        running = Node(layout, choice.jdk, record.port)
        with running.client() as es:
            apply(es, ROOT / "elasticsearch")
        yield running
    finally:
        elasticsearch.stop(layout, print)
        shutil.rmtree(base, ignore_errors=True)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@pytest.fixture
def empty(node: Node) -> Node:
    """The node without documents."""
    node.wipe()
    return node


@pytest.fixture
def sealed(
    empty: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Sealed]:
    """Three indices of two closed days, sealed; everything is whole."""
    days = make(empty, tmp_path, monkeypatch, capsys)
    code, told = days.run("seal")
    assert code == 0
    assert [(item["index"].partition("-")[2], item["documents"]) for item in told["sealed"]] == list(SIZES.items())
    assert days.findings() == set()
    yield days
    days.es.close()
