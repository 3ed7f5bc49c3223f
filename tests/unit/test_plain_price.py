"""The client's short way to a total gives what the whole pricer gives, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.card.rules import price_part
from holysheep.line import Builder
from holysheep.price import Call, Pricer, default_rules
from holysheep.price.match import PLAIN_TIERS
from holysheep.price.plain import Totals
from holysheep.settings import Settings
from tests.strategies import calls, cards

if TYPE_CHECKING:
    from generator.card import Card
    from holysheep.price import PriceRules

AT_MS = 1_795_000_000_000


@st.composite
def cards_and_calls(draw: st.DrawFn) -> tuple[Card, list[Call]]:
    """A card and some calls against it."""
    card = draw(cards())
    return card, draw(st.lists(calls(card), min_size=1, max_size=12))


def total_of(rules: PriceRules, call: Call) -> int | None:
    """The short way, for a call that it is for."""
    counts = (
        call.input, call.output, call.cache_read, call.cache_write, call.cache_write_1h, call.reasoning, call.total,
    )  # fmt: skip
    return Totals(rules, Pricer(rules).matcher).total(call.model, call.response_model, call.at_ms, counts)


def ordinary(call: Call) -> bool:
    """What line_costs.total_of asks for."""
    audio = (call.input_audio, call.input_image, call.cached_audio, call.cached_image)
    details = (*audio, call.output_audio, call.output_image, call.tools, call.units)
    return not (call.failed or any(details) or call.region) and (call.service_tier or "") in PLAIN_TIERS


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drawn=cards_and_calls())
def test_both_ways_give_the_same_total(drawn: tuple[Card, list[Call]]) -> None:
    """For any valid card and any call without anything special."""
    card, drawn_calls = drawn
    rules = price_part(card)
    for call in drawn_calls:
        if ordinary(call) and (total := total_of(rules, call)) is not None:
            outcome = Pricer(rules).price(call)
            assert outcome.status == "priced", call
            assert outcome.cost is not None
            assert outcome.cost.total == total, call


def test_ordinary_calls_go_the_short_way() -> None:
    """In 2026 gpt-4.1 costs 8 and 24 USD for a million tokens: 1,000 and 500 are 0.008 + 0.012 USD."""
    assert total_of(default_rules(), Call("gpt-4.1", AT_MS, 1000, 500)) == 20_000_000


def test_what_is_not_ordinary_is_left_to_the_pricer() -> None:
    """Unknown names, times before the first price, and counts that can't be meant."""
    rules = default_rules()
    assert total_of(rules, Call("no-such-model", AT_MS, 1, 1)) is None
    assert total_of(rules, Call(None, AT_MS, 1, 1)) is None
    assert total_of(rules, Call("gpt-4.1", 0, 1, 1)) is None
    assert total_of(rules, Call("gpt-4.1", AT_MS, 0, 0)) is None
    assert total_of(rules, Call("gpt-4.1", AT_MS, 10**10, 0)) is None
    assert total_of(rules, Call("gpt-4.1", AT_MS, 5, 1, cache_read=6)) is None
    assert total_of(rules, Call("gpt-4.1", AT_MS, 5, 1, total=-1)) is None
    assert total_of(rules, Call("gpt-4.1", AT_MS, 5, None, total=9)) is None


def test_lines_say_the_same_with_and_without_parts() -> None:
    """Whether anybody observes the cost or not."""
    from holysheep.card import Card  # noqa: PLC0415  # generator.card.Card is another one

    builder = Builder(Settings(service="shop"), Card())
    for more in ({}, {"error": "timeout"}, {"service_tier": "batch"}, {"image_count": 2}, {"region": "us"}, {"odd": 1}):
        record = {
            "log_id": "a", "now_ns": AT_MS * 1_000_000, "model": "gpt-4.1", "input_tokens": 1500,
            "output_tokens": 320, "cached_tokens": 100, **more,
        }  # fmt: skip
        assert builder.build(dict(record), parts=False)[0] == builder.build(dict(record))[0], more
