"""A real Elasticsearch with the bundle's own templates and the hand-made documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from elasticsearch import helpers

from generator import card
from generator.dashboards import render
from generator.paths import PRICING
from generator.render import elasticsearch as templates
from generator.render import registry
from runner.answers.rollups import job
from runner.cluster import apply
from runner.report.shown import Reader
from runner.report.source import Source
from tests.integration.dashboards.documents import NOW, actions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from elasticsearch import Elasticsearch

    from tests.integration.node import Node

#: Own indices, so that the node can be shared with other tests.
PREFIX = "boards"


@pytest.fixture(scope="session")
def cluster(node: Node) -> Iterator[Elasticsearch]:
    """An admin's client of the running node."""
    with node.client() as client:
        yield client


def filled(
    cluster: Elasticsearch, card_: card.Card, folder: Path, documents: list[dict[str, Any]], now: datetime
) -> Reader:
    """The shipped dashboards over documents, in indices with the card's prefix."""
    known = registry.load()
    for path, text in templates.files(card_, known).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    apply.apply(cluster, folder / "elasticsearch")
    old = list(cluster.indices.get(index=f"{card_.index_prefix}-*"))
    if old:
        cluster.indices.delete(index=old)
    helpers.bulk(cluster, documents, refresh=True)
    return Reader(render.prepare(card_, Path(registry.FOLDER)), Source(cluster, card_.index_prefix).search, now)


@pytest.fixture(scope="session")
def reader(cluster: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The shipped dashboards over the hand-made documents, with the documents' own now."""
    card_ = card.load(PRICING).model_copy(update={"index_prefix": PREFIX})
    made = filled(cluster, card_, tmp_path_factory.mktemp("rendered"), actions(PREFIX), NOW)
    job.run(cluster, job.Order(PREFIX, card_.budgets.timezone, card_.retention_days.api, NOW))
    return made
