"""Laws of the integer formula, for any valid card and call; the oracle computes with exact fractions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.card.rules import price_part, price_rules
from holysheep.price import Outcome, Pricer
from tests import oracle, strategies

if TYPE_CHECKING:
    from generator.card import Card


@given(st.data())
@settings(deadline=None)
def test_integers_equal_fractions(data: st.DataObject) -> None:
    """For any valid card and call, the integer formula gives the oracle's cost to the last digit."""
    card = data.draw(strategies.cards())
    call = data.draw(strategies.calls(card))
    outcome = Pricer(price_part(card)).price(call)
    if outcome.status != "priced":
        return
    assert outcome.match is not None
    assert outcome.cost is not None
    model = next(model for model in card.models if model.id == outcome.match.model["id"])
    assert outcome.cost.total == oracle.bill(card, model, call)["total"]


@given(st.data())
@settings(deadline=None)
def test_every_call_has_one_outcome(data: st.DataObject) -> None:
    """A call is priced, not billed or unpriced with a reason; never anything between."""
    card = data.draw(strategies.cards())
    outcome: Outcome = Pricer(price_part(card)).price(data.draw(strategies.calls(card)))
    assert (outcome.cost is None) == (outcome.status == "unpriced") == (outcome.reason is not None)


@given(st.data())
@settings(deadline=None)
def test_parts_add_up(data: st.DataObject) -> None:
    """The total differs from the sum of its rounded parts by at most half a nano a part."""
    card = data.draw(strategies.cards())
    actual = Pricer(price_part(card)).price(data.draw(strategies.calls(card))).cost
    if actual is None or actual.input is None or actual.output is None:
        return
    parts = (actual.input, actual.output, actual.reasoning, actual.cached_input, actual.cache_write, actual.fee)
    parts += (actual.units, actual.tools, actual.minimum)
    assert abs(actual.total - sum(parts)) <= len(parts) / 2


@given(strategies.cards())
@settings(deadline=None)
def test_factors_fit_in_64_bits(card: Card) -> None:
    """Every integer of the rules is read by any JSON parser without loss."""
    for model in price_rules(card)["models"]:
        for rule in model["prices"]:
            assert (
                max(*rule["factor"], *(n for pair in rule["service_tiers"].values() for n in pair), rule["fee"]) < 2**63
            )
