"""Calls by an old card, and the same by a corrected one.

2,500 calls of gpt-4.1 a day, two days, with 100 input and 10 output tokens, and 600 of the model `mystery`. By the old
card a call costs 100 x 8,000 + 10 x 8,000 = 880,000 nano-USD, by the new one 100 x 2,000 + 10 x 8,000 = 280,000;
`mystery` has no price by the old card, and 100 x 1,000 + 10 x 1,000 = 110,000 by the new one.
"""

from __future__ import annotations

import json
from typing import Any, Final

from generator import card as cards
from generator.card.rules import price_rules
from runner.answers.costed import Recoster
from tests.integration.answers.documents import PREFIX

Json = dict[str, Any]
CALLS: Final = 2500
MYSTERY: Final = 600
ALL: Final = 2 * CALLS + MYSTERY
HEAD: Final = """\
index_prefix: answers
retention_days: {api: 1, errors: 1, audit: 1, access: 1, system: 1, rejected: 1, deadletter: 1}
budgets: {request_usd: 1, day_usd: 1, month_usd: 1}
latency_classes: [{name: all}]
models:
"""
GPT: Final = (
    "  - {{id: gpt-4.1, provider: openai, family: OpenAI, prices: [{{from: 2024-01-01, input: {}, output: 8}}]}}\n"
)
ANY: Final = "  - {id: mystery, provider: m, family: M, prices: [{from: 2024-01-01, input: 1, output: 1}]}\n"
OLD: Final = Recoster(price_rules(cards.parse(HEAD + GPT.format(8))))
NEW: Final = Recoster(price_rules(cards.parse(HEAD + GPT.format(2) + ANY)))


def call(number: int, day: int, model: str = "gpt-4.1", recoster: Recoster = OLD) -> Json:
    """A call as the filter makes it with a card."""
    document = recoster.document(
        {
            "@timestamp": f"2026-03-{day:02d}T10:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
            "event": {"id": f"{model}-{number}", "outcome": "success"},
            "holysheep": {"source": "client", "model": {"family": "Other"}, "cost": {"status": "priced"}, "price": {}},
            "gen_ai": {
                "operation": {"name": "chat"},
                "request": {"model": model},
                "usage": {"input_tokens": 100, "output_tokens": 10},
            },
        }
    )
    assert not isinstance(document, str)
    return document


def corpus(recoster: Recoster = OLD) -> dict[tuple[str, str], Json]:
    """Every document by index and id."""
    calls = {
        (f"{PREFIX}-api-2026.03.{day:02d}", f"g{number}"): call(number, day, recoster=recoster)
        for day in (10, 11)
        for number in range(CALLS)
    }
    for number in range(MYSTERY):
        calls[f"{PREFIX}-api-2026.03.11", f"m{number}"] = call(number, 11, "mystery", recoster)
    return calls


def actions() -> list[Json]:
    """The corpus for a bulk request."""
    return [{"_index": index, "_id": id_, "_source": source} for (index, id_), source in corpus().items()]


def as_fed() -> dict[tuple[str, str], str]:
    """What `texts` gives of the corpus fed with the new card."""
    return {place: json.dumps(source) for place, source in corpus(NEW).items()}
