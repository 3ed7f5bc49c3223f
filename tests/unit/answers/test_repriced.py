"""A document gives the call that it was made from: pricing it again gives the cost that it has."""

from __future__ import annotations

from generator import card as cards
from generator.card.rules import price_part
from holysheep.price import Pricer
from runner.answers import repriced
from tests.unit.test_prices_page import CARD

#: What the filter stores of 1,000 prompt and 100 output tokens, 2 searches and 1 page, in the United States.
CLAUDE = {
    "@timestamp": 1_780_000_000_000,
    "gen_ai.request.model": "claude-sonnet-4.6",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 100,
    "cloud.region": "us",
    "event.outcome": "success",
    "holysheep.usage.tools.web_search": "2",
    "holysheep.usage.tools.web_fetch": "1",
}


def test_a_document_is_priced_again() -> None:
    """(1000 x 3 + 100 x 15) x 1.1 micro-USD + 2 x 0.01 USD."""
    rules = price_part(cards.parse(CARD))
    outcome = Pricer(rules).price(repriced.call(CLAUDE))
    assert outcome.cost is not None
    assert outcome.cost.total == 24_950_000
    assert set(CLAUDE) - {"@timestamp"} <= set(repriced.fields(rules))


def test_units_are_read_from_their_texts() -> None:
    """90.5 seconds at 0.04 USD an hour, as docs/prices.md has it."""
    document = {
        "@timestamp": 1_780_000_000_000,
        "gen_ai.request.model": "whisper-large-v3-turbo",
        "holysheep.usage.units.audio_seconds": "90.5",
    }
    call = repriced.call(document)
    assert call.units == {"audio_seconds": 90.5}
    outcome = Pricer(price_part(cards.parse(CARD))).price(call)
    assert outcome.cost is not None
    assert outcome.cost.total == 1_005_556


def test_another_model_and_time() -> None:
    """The plan's model takes the place of both names, and its moment that of the call."""
    call = repriced.call({**CLAUDE, "gen_ai.response.model": "x"}, at_ms=5, model="gpt-image-1")
    assert (call.model, call.response_model, call.at_ms) == ("gpt-image-1", None, 5)
