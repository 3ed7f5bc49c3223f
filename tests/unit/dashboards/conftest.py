"""A catalogue and settings for dashboards made up in tests."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.dashboards import catalogue, load
from generator.dashboards.check import Checker
from generator.dashboards.settings import Settings
from generator.registry import fields

if TYPE_CHECKING:
    from generator.dashboards.catalogue import Catalogue
    from generator.dashboards.load import Source
    from generator.errors import UserError

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
