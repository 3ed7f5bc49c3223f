"""Formulas and queries are parsed when the dashboards are loaded, and not again by the report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from generator import card, paths
from generator.dashboards import formula, kql, render
from generator.dashboards.lens import Chart
from generator.render.registry import FOLDER
from runner.report import ask, times

CHARTS = get_args(Chart)


def test_the_report_parses_nothing_that_was_loaded() -> None:
    """To ask for every chart of every dashboard needs no formula or query that loading has not parsed."""
    formula.parse.cache_clear()
    kql.parse.cache_clear()
    boards = render.prepare(card.load(paths.PRICING), FOLDER)
    loaded = (formula.parse.cache_info().misses, kql.parse.cache_info().misses)
    assert min(loaded) > 0
    span = times.span("now-7d", "now", datetime(2025, 1, 15, tzinfo=UTC))
    calls = 0
    for source in boards.sources:
        for panel in source.dashboard.panels:
            if isinstance(panel, CHARTS):
                view = boards.catalogue.views[panel.data or source.dashboard.data]
                ask.question(panel, view, source.dashboard.filter, span)
                calls += 1
    assert calls > 0
    assert (formula.parse.cache_info().misses, kql.parse.cache_info().misses) == loaded
