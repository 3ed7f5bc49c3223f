"""Real Elasticsearch nodes, each version once a run, where a Java fits."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.apply import apply
from generator.embedded import elasticsearch, machine, place
from generator.embedded.jdk import VERSIONS, choose, find
from generator.embedded.layout import Layout
from generator.errors import UserError
from generator.paths import ROOT
from tests.integration.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=list(VERSIONS))
def node(request: pytest.FixtureRequest) -> Iterator[Node]:
    """A fresh node with everything applied; stopped and removed before the next version starts."""
    # Not pytest's own folder: that is closed to the user as whom Elasticsearch runs when we are root.
    base = Path(tempfile.mkdtemp(prefix="holysheep-test-"))
    base.chmod(0o755)
    layout = Layout(base, place.base(), base / "secrets", request.param, machine.runner())
    before = {name: os.environ.pop(name, None) for name in ("HOLYSHEEP_ES_HEAP", "HOLYSHEEP_ES_PORT")}
    os.environ["HOLYSHEEP_ES_HEAP"] = "512"
    try:
        try:
            choice = choose(find(), request.param)
            record = elasticsearch.start(layout, choice, print)
        except UserError as error:
            pytest.skip(str(error))
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
