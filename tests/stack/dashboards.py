"""The shipped dashboards over the running stack's documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from generator import card
from generator.dashboards import render
from generator.paths import PRICING
from generator.render import registry
from runner.report import page
from runner.report.shown import Reader
from runner.report.source import Source

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.report.page import Section


@dataclass(frozen=True)
class Boards:
    """All dashboards, as the report shows them for someone who looks at a given time."""

    es: Elasticsearch
    prefix: str

    def newest(self, kind: str) -> datetime:
        """Just after the newest document of a kind of index."""
        aggregations = {"t": {"max": {"field": "@timestamp"}}}
        result = self.es.search(index=f"{self.prefix}-{kind}", size=0, aggregations=aggregations)
        return datetime.fromtimestamp(result["aggregations"]["t"]["value"] / 1000, UTC) + timedelta(minutes=1)

    def sections(self, now: datetime) -> list[Section]:
        """Every dashboard, its panels asked."""
        boards = render.prepare(card.load(PRICING), Path(registry.FOLDER))
        return page.sections(Reader(boards, Source(self.es, self.prefix).search, now))
