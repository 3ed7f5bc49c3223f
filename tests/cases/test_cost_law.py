"""Ruby and Python give the same cost to the last digit, equal to exact fractions; and match the same names."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.card.rules import price_part, price_rules
from holysheep.price import Call, Matcher, Outcome, Pricer
from tests import oracle
from tests.filterrun import ROOT
from tests.strategies import calls, cards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.card import Card
    from generator.card.model import Model

pytestmark = pytest.mark.jruby
EXAMPLES: Final = int(os.environ.get("HOLYSHEEP_LAW_EXAMPLES", "150"))
LAW: Final = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
PARTS: Final = ("input", "output", "reasoning", "cached_input", "cache_write", "fee", "units", "tools", "minimum")


class Ruby:
    """One JRuby process that answers line by line."""

    def __init__(self, command: list[str]) -> None:
        """Start it."""
        script = str(ROOT / "tests" / "ruby" / "law.rb")
        self._process = subprocess.Popen(
            [*command, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, **request: Any) -> Any:  # noqa: ANN401  # JSON of any shape
        """Ruby's answer."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipe")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Ends it."""
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def ruby(command: list[str]) -> Iterator[Ruby]:
    """The filter's pricing under JRuby."""
    running = Ruby(command)
    yield running
    running.close()


def model_of(card: Card, outcome: Outcome) -> Model:
    """The card's own model that an outcome was priced by."""
    assert outcome.match is not None
    return next(model for model in card.models if model.id == outcome.match.model["id"])


def over_budget(card: Card, outcome: Outcome) -> bool:
    """Whether one call costs more than the card's budget for a request."""
    return outcome.cost is not None and outcome.cost.total > oracle.nano(Fraction(card.budgets.request_usd))


def seen(call: Call, outcome: Outcome) -> dict[str, Any]:
    """Python's outcome as the documents would show it."""
    shown: dict[str, Any] = {"status": outcome.status}
    if outcome.reason:
        shown["unpriced_reason"] = outcome.reason
    if outcome.cost is not None:
        cost = outcome.cost
        shown["total_nano"] = cost.total
        shown["total"] = cost.total / 1e9
        shown["input"] = None if cost.input is None else cost.input / 1e9
        shown["output"] = None if cost.output is None else cost.output / 1e9
        shown["reasoning"] = cost.reasoning / 1e9 if call.reasoning else None
        shown["cached_input"] = cost.cached_input / 1e9 if call.cache_read else None
        shown["cache_write"] = cost.cache_write / 1e9 if call.cache_write else None
        for part in ("fee", "units", "tools", "minimum"):
            shown[part] = getattr(cost, part) / 1e9 if getattr(cost, part) else None
        if cost.per_1k_tokens is not None:
            shown["per_1k_tokens"] = cost.per_1k_tokens / 1e9
    return {key: value for key, value in shown.items() if value is not None}


@st.composite
def cards_and_calls(draw: st.DrawFn) -> tuple[Card, list[Call]]:
    """A card and some calls against it."""
    card = draw(cards())
    return card, draw(st.lists(calls(card), min_size=1, max_size=12))


@LAW
@given(drawn=cards_and_calls())
def test_ruby_python_and_the_oracle_agree(ruby: Ruby, drawn: tuple[Card, list[Call]]) -> None:
    """For any valid card and call: the same status, reason and cost in Ruby and Python, and the exact bill."""
    card, calls = drawn
    pricer = Pricer(price_part(card))
    answers = ruby.ask(rules=price_rules(card), calls=[asdict(call) for call in calls])
    for call, answer in zip(calls, answers, strict=True):
        outcome = pricer.price(call)
        actual = answer["cost"]
        assert actual.pop("over_budget", False) == over_budget(card, outcome)
        assert actual == seen(call, outcome), f"{call}"
        assert answer["price"].get("model") == (outcome.match.model["id"] if outcome.match else None)
        assert answer["price"].get("rule") == (outcome.match.rule if outcome.match else None)
        if outcome.status == "priced":
            exact = oracle.bill(card, model_of(card, outcome), call)
            assert answer["cost"]["total_nano"] == exact["total"], f"{call}"
            for part in PARTS:
                if part in actual:
                    assert actual[part] == exact[part] / 1e9, f"{part} of {call}"


DISGUISES: Final = (
    "{}",
    " {}\t",
    "vendor/{}",
    "a/b/{}",
    "{}-2025-04-14",
    "{}@20250414",
    "{}-20251399",
    "{}/",
    "/{}",
    "x{}",
    "{}x",
    "\0{}",
)


@st.composite
def cards_and_names(draw: st.DrawFn) -> tuple[Card, list[str]]:
    """A card, and names of it in disguise, beside any other text."""
    card = draw(cards())
    known = [
        name
        for model in card.models
        for name in (model.id, *model.aliases, *(p.replace("*", mid) for p in model.patterns for mid in ("", "a", "/")))
    ]
    known += [f"{family.prefix}9" for family in card.families]
    disguised = st.builds(lambda name, how: how.replace("{}", name), st.sampled_from(known), st.sampled_from(DISGUISES))
    swapped = disguised.map(lambda name: name.swapcase() if name.isascii() else name)
    anything = st.text(st.characters(codec="utf-8"), max_size=300)
    return card, draw(st.lists(st.one_of(disguised, swapped, anything), min_size=1, max_size=30))


@LAW
@given(drawn=cards_and_names())
def test_ruby_and_python_match_the_same_names(ruby: Ruby, drawn: tuple[Card, list[str]]) -> None:
    """A name means the same model by the same rule, and has the same family, in Ruby's Card and in Python's Matcher."""
    card, names = drawn
    matcher = Matcher(price_part(card))
    matches = [matcher.match(name) for name in names]
    expected = [match and [match.model["id"], match.rule] for match in matches]
    answers = ruby.ask(rules=price_rules(card), names=names)
    assert [answer["match"] for answer in answers] == expected
    families = [matcher.family(name) for name in names]
    assert [answer["family"] for answer in answers] == [family and list(family) for family in families]
