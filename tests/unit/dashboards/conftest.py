"""A catalogue and settings for dashboards made up in tests, and a server that refuses what Kibana refuses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generator import card
from generator.dashboards import catalogue, load, render
from generator.dashboards.check import Checker
from generator.dashboards.settings import Settings
from generator.paths import PRICING
from generator.registry import fields
from runner.kibana import importer, record
from tests.kibana_server import serving
from tests.unit.dashboards import fake_kibana

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.dashboards.catalogue import Catalogue
    from generator.dashboards.load import Source
    from generator.errors import UserError
    from tests.kibana_server import Server

REGISTRY = Path(__file__).resolve().parents[3] / "generator" / "registry"


@dataclass
class Kit:
    """What a dashboard is built and checked with."""

    catalogue: Catalogue
    settings: Settings

    def source(self, text: str, slug: str = "made-up") -> Source:
        """The dashboard in a text."""
        return load.parse(text, slug)

    def errors(self, text: str, slugs: set[str] | None = None) -> list[UserError]:
        """What is wrong with the dashboard in a text."""
        return Checker(self.source(text), self.catalogue, self.settings, slugs or {"made-up"}).run()


@pytest.fixture(scope="session")
def kit() -> Kit:
    """The registry's own fields and data views, with budgets of the gallery."""
    numbers = {"budgets.day_usd": "25", "budgets.month_usd": "2000", "latency.fast": "500"}
    settings = Settings("holysheep", {name: Decimal(value) for name, value in numbers.items()})
    known = catalogue.fields_of(fields.load(REGISTRY / "fields.yaml"))
    return Kit(catalogue.build(known, REGISTRY / "data_views.yaml", settings), settings)


@pytest.fixture(autouse=True)
def own_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was imported is noted in the test's own folder."""
    monkeypatch.setattr(record, "FILE", tmp_path / "kibana-imported.json")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    return fake_kibana.certificate(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def server(keys: tuple[Path, Path]) -> Iterator[Server]:
    """A fresh server under a base path, with TLS."""
    with serving(keys) as running:
        yield running


@pytest.fixture(scope="session")
def saved_objects() -> list[dict[str, Any]]:
    """Every object that the bundle ships."""
    return importer.objects(render.files(card.load(PRICING), REGISTRY).values())
