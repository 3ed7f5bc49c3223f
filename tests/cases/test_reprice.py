"""A document told by another card equals the one that the real filter makes of the line with that card.

Values and order of keys: both are compared as JSON texts, as they are sent to Elasticsearch.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from generator.card.rules import price_rules
from generator.registry.sources import source_rules
from runner.answers.costed import Recoster
from tests.cases.corrections import CORRECTED, corrections_and_lines
from tests.cases.test_cases import LOGS, case_lines
from tests.cases.test_cost_law import EXAMPLES, LAW
from tests.cases.test_samples import EXPECTED, SAMPLES
from tests.filterrun import ARRIVAL, ROOT, Filter, rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.card import Card
    from tests.filterrun import Json

pytestmark = pytest.mark.jruby


def same(told: Any, fed: Json) -> None:  # noqa: ANN401  # a document or the reason why there is none
    """Same keys in the same order with the same values."""
    assert json.dumps(told, ensure_ascii=False) == json.dumps(fed, ensure_ascii=False)


class TwoCards:
    """One JRuby process that makes documents with two cards."""

    def __init__(self, command: list[str]) -> None:
        """Start it."""
        script = str(ROOT / "tests" / "ruby" / "reprice.rb")
        self._process = subprocess.Popen(
            [*command, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._send(source_rules())

    def documents(self, one: Card, other: Card, lines: list[str]) -> Iterator[tuple[Json, Json]]:
        """Each document by the one and by the other card."""
        cards = [price_rules(one), price_rules(other)]
        self._send({"cards": cards, "source": "litellm", "arrival_ms": ARRIVAL, "lines": lines})
        assert self._process.stdout is not None
        for first, second in zip(*json.loads(self._process.stdout.readline()), strict=True):
            yield from zip(first, second, strict=True)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=30)

    def _send(self, data: Json) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(data) + "\n")
        self._process.stdin.flush()


@pytest.fixture(scope="module")
def two_cards(command: list[str]) -> Iterator[TwoCards]:
    """The filter with any two cards."""
    running = TwoCards(command)
    yield running
    running.close()


@pytest.fixture(scope="module")
def corrected(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Filter, Json]]:
    """The filter with the corrected card, and its rules."""
    folder: Path = tmp_path_factory.mktemp("corrected")
    (folder / "pricing.yaml").write_text(CORRECTED, encoding="utf-8")
    known = rules(folder / "pricing.yaml")
    (folder / "rules.json").write_text(json.dumps(known), encoding="utf-8")
    running = Filter(command, folder / "rules.json")
    yield running, known
    running.close()


def batches() -> Iterator[tuple[str, list[bytes]]]:
    """Source and lines of all samples and cases."""
    for path in sorted(EXPECTED):
        yield EXPECTED[path]["source"], (SAMPLES / path).read_bytes().splitlines()
    for log in LOGS:
        yield {"body": "-!body", "any": "-"}.get(log.parent.name, log.parent.name), case_lines(log)


def test_samples_and_cases_are_told_as_fed(
    live_filter: Filter, case_rules: Json, corrected: tuple[Filter, Json]
) -> None:
    """Every document of every source's samples and cases, from the one card to the other and back."""
    other_filter, other_rules = corrected
    there, back = Recoster(other_rules), Recoster(case_rules)
    unknown: list[tuple[str, str]] = []
    costs = 0
    for source, lines in batches():
        answers = zip(live_filter.run(source, lines), other_filter.run(source, lines), strict=True)
        for one, other in (pair for first, second in answers for pair in zip(first, second, strict=True)):
            assert (one["_index"], one["_id"]) == (other["_index"], other["_id"])
            if "model" not in one["_source"]["holysheep"]:
                # Lines that are no calls have no price; a latency class is all that they have of the card.
                assert there.document(one["_source"]) is one["_source"]
                continue
            costs += "cost" in one["_source"]["holysheep"]
            for told, fed in (
                (there.document(one["_source"]), other["_source"]),
                (back.document(other["_source"]), one["_source"]),
            ):
                if isinstance(told, str):
                    unknown.append((told, other["_source"]["gen_ai"]["request"]["model"][:30]))
                else:
                    same(told, fed)
    assert costs > 700
    # Both ways of the one call to a model with a name of more than 256 characters.
    assert unknown == [("cut_model", "m" * 30)] * 2


@settings(LAW, max_examples=max(EXAMPLES // 3, 1))
@given(drawn=corrections_and_lines())
def test_any_correction_of_any_call(two_cards: TwoCards, drawn: tuple[Card, Card, list[str]]) -> None:
    """Whatever the cards and calls: tiers, cached tokens, fees, dates, failed calls, a price more or less."""
    one, other, lines = drawn
    recoster = Recoster(price_rules(other))
    for first, second in two_cards.documents(one, other, lines):
        told = recoster.document(first["_source"])
        if isinstance(told, str):
            # The old card's own name of the provider hides the line's, which the new card would need.
            assert told == "lost_provider"
            assert second["_source"]["holysheep"]["model"]["family"] == "Other"
            assert first["_source"]["holysheep"]["model"]["family"] != "Other"
        else:
            same(told, second["_source"])
