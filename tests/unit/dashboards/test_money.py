"""Money is written so that no format can garble it, in Kibana and in the report."""

from __future__ import annotations

import pytest

from generator import card
from generator.dashboards import expand, formats, formula, render, settings
from generator.paths import PRICING
from generator.render.registry import FOLDER

TEXT = PRICING.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "name", "words"),
    [
        (360.5645, "usd", "$360.56"),
        (1.0, "usd", "$1.00"),
        (0.0913, "usd", "$0.0913"),
        (0.5, "usd", "$0.50"),
        (0.0, "usd", "$0.00"),
        (7.5e-7, "usd", "$0.00"),
        (-8.6e-7, "usd", "$0.00"),
        (0.006803, "usd6", "$0.006803"),
        (1234.5, "usd", "$1,234.50"),
        (-12.3456, "usd", "-$12.35"),
    ],
)
def test_words(value: float, name: str, words: str) -> None:
    """Two decimals from 1 USD on, four below, six for the price of a unit."""
    assert formats.text(value, name) == words


def test_kibana_rounds_before_it_formats() -> None:
    """Every column of money in Kibana is a formula that rounds: numeral prints 7.5e-7 as `7$.5e-7`."""
    files = render.files(card.load(PRICING), FOLDER)
    text = files["kibana/cost.ndjson"]
    assert "ifelse(lt(sum(holysheep.cost.total), 1), round(sum(holysheep.cost.total), 4)" in text
    assert "usd" not in formats.rounded("count()", "integer", plain=False)


def test_functions_are_stored_with_their_text() -> None:
    """A function's node spans its own text, as tinymath's grammar has it."""
    parsed = formula.parse("ifelse(lt(count(), 1), 0, round(sum(a) / 2, 4))")
    assert isinstance(parsed.root, formula.Function)
    assert [parsed.text[slice(*node.span)] for node in parsed.root.args if isinstance(node, formula.Function)] == [
        "lt(count(), 1)",
        "round(sum(a) / 2, 4)",
    ]


def test_one_tile_a_limit() -> None:
    """A panel with `each` stands once for each limit, its name quoted in the query and its amount in words."""
    limits = "  timezone: UTC\n  teams: {'se\"arch': {month_usd: 400}, ops: {month_usd: 50}}\n"
    boards = render.prepare(card.parse(TEXT.replace("  timezone: UTC\n", limits)), FOLDER)
    cost = next(source for source in boards.sources if source.slug == "cost")
    tiles = [panel for panel in cost.dashboard.panels if panel.id.startswith("team-month")]
    first = tiles[0].model_dump()
    assert [panel.id for panel in tiles] == ["team-month-1", "team-month-2"]
    assert first["filter"] == 'labels.team: "se\\"arch"'
    assert first["prefix"] == "of $400 a month: "
    assert [threshold["from_"] for threshold in first["value"]["thresholds"]] == ["0", "0.8 * 400", "400"]


def test_another_language() -> None:
    """Words that are translated are shown, what is not stays; figures are still found by their label."""
    card_ = card.parse(TEXT)
    boards = render.prepare(card_, FOLDER)
    source = next(candidate for candidate in boards.sources if candidate.slug == "cost")
    words = {"Cost": "비용", "By user": "사용자별"}
    translated = expand.source(source, settings.of(card_), words).dashboard
    table = next(panel for panel in translated.panels if panel.id == "by-model").model_dump()
    assert table["sort"] == "비용"
    assert "비용" in [value["label"] for value in table["values"]]
    assert next(panel for panel in translated.panels if panel.id == "by-user").title == "사용자별"
