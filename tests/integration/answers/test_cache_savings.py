"""What the cache saved, worked out by hand, where hours, tiers, regions and sound have rates of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from generator import card as cards
from generator.card.rules import price_part
from generator.paths import PRICING
from runner.answers.cache_savings import Savings, cache_savings
from runner.answers.periods import Span
from runner.answers.reader import Selection
from tests.integration.answers.conftest import fill
from tests.integration.answers.documents import CLAUDE, GPT, NOW, PREFIX, actions

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

pytestmark = [pytest.mark.integration, pytest.mark.newest]

#: Nano-USD a token: 8,000, cached 2,000; at night 4,000, cached 500; above 5,000 tokens 10,000, cached 9,000.
_GPT: Final = """{from: 2025-05-14, input: 8.00, output: 24.00, cached_input: 2.00,
        hours: [{utc: "22:00-01:00", days: [mon], input: 4.00, output: 12.00, cached_input: 0.50}],
        tiers: [{above: 5000, input: 10.00, output: 24.00, cached_input: 9.00}]}"""
#: Writing costs 3,750 more than reading 15,000; sound 40,000, cached 10,000. In the USA 1.1 times.
_CLAUDE: Final = """{from: 2025-05-14, input: 15.00, output: 75.00, cached_input: 1.50, cache_write: 18.75,
        input_audio: 40.00, cached_audio: 10.00, regions: {us: 1.1}}"""


def call(base: dict[str, Any], read: int, input_: int = 2000, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    """A priced call that read so many tokens from the cache."""
    usage = {"gen_ai.usage.input_tokens": input_, "gen_ai.usage.cache_read.input_tokens": read}
    names = {name.replace("__", "."): value for name, value in more.items()}
    return {**base, "holysheep.cost.status": "priced", **usage, **names}


CALLS: Final[list[tuple[str, dict[str, Any]]]] = [
    # 2026-03-09 is a Monday. Before, in and after the hours: 1,000 * 6,000, 1,000 * 3,500 twice, 1,000 * 6,000
    ("2026-03-09T21:59:59.999Z", call(GPT, 1000)),
    ("2026-03-09T22:00:00.000Z", call(GPT, 1000)),
    ("2026-03-10T00:59:59.999Z", call(GPT, 1000)),
    ("2026-03-10T01:00:00.000Z", call(GPT, 1000)),
    # Tuesday has no such hours: 1,000 * 6,000; a large prompt: 1,000 * 1,000
    ("2026-03-10T22:00:00.000Z", call(GPT, 1000)),
    ("2026-03-10T12:00:00.000Z", call(GPT, 1000, 5001)),
    # (600 * 13,500 + 400 of sound * 30,000 - 200 written * 3,750) * 1.1 = 21,285,000
    (
        "2026-03-10T12:00:00.000Z",
        call(
            CLAUDE,
            1000,
            holysheep__usage__cached_audio_tokens=400,
            gen_ai__usage__cache_creation__input_tokens=200,
            cloud__region="us",
        ),
    ),
]


def test_savings_by_hour_size_region_and_sound(templated: Elasticsearch) -> None:
    """6 + 3.5 + 3.5 + 6 + 6 + 1 million, and 21,285,000; also when the time asked for is cut into pieces."""
    text = PRICING.read_text(encoding="utf-8")
    for model, entry in (("input: 8.00, output: 24.00", _GPT), ("input: 15.00, output: 75.00", _CLAUDE)):
        plain = f"{{from: 2025-05-14, {model}}}"
        assert plain in text
        text = text.replace(plain, entry)
    rules = price_part(cards.parse(text))
    fill(templated, actions(calls=CALLS))
    for years in (0, 3):
        span = Span(NOW - timedelta(days=10 + 365 * years), NOW)
        assert cache_savings(Selection(templated, PREFIX, span), rules) == Savings(47_285_000, 7000, 0)
