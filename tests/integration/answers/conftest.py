"""A real Elasticsearch with the bundle's templates and the hand-made calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from elasticsearch import helpers

from generator.render import elasticsearch as templates
from generator.render import registry
from runner.answers.periods import Span
from runner.answers.reader import Selection
from runner.cluster import apply
from tests.integration.answers.documents import NOW, PREFIX, actions, card

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from tests.integration.node import Node

#: What lies in the indices, so that tests that follow each other share it.
_filled: list[list[dict[str, Any]]] = []


@pytest.fixture(scope="session")
def cluster(node: Node) -> Iterator[Elasticsearch]:
    """An admin's client of the running node."""
    with node.client() as client:
        yield client


@pytest.fixture(scope="session")
def templated(cluster: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Elasticsearch:
    """With the templates for the tests' own prefix, so that the node can be shared."""
    folder: Path = tmp_path_factory.mktemp("rendered")
    for path, text in templates.files(card(), registry.load()).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    apply.apply(cluster, folder / "elasticsearch")
    _filled.clear()  # of the node before
    return cluster


def fill(client: Elasticsearch, documents: list[dict[str, Any]]) -> None:
    """These documents and no others."""
    if _filled == [documents]:
        return
    old = list(client.indices.get(index=f"{PREFIX}-*"))
    if old:
        client.indices.delete(index=old)
    helpers.bulk(client, documents, refresh=True)
    _filled[:] = [documents]


@pytest.fixture
def calls(templated: Elasticsearch) -> Selection:
    """The hand-made calls, all of them."""
    fill(templated, actions())
    return Selection(templated, PREFIX, Span(NOW.replace(year=2020), NOW))
