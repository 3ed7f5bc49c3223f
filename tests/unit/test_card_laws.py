"""Laws of the integer formula, for any valid card and call; the oracle is exact Decimal arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.card.rules import milliseconds, price_part, price_rules
from holysheep.price import Outcome, Pricer, normalise
from holysheep.price.cost import Usage, cost, factor
from holysheep.price.match import PLAIN_TIERS
from tests import strategies

if TYPE_CHECKING:
    from generator.card import Card
    from generator.card.model import Model, Price, Rates


def oracle(card: Card, price: Price, model: Model, usage: Usage, tier: str | None) -> Decimal:
    """USD to nine decimals, straight from the card's Decimals; every step but the last is exact."""
    rates: Rates = price
    for step in price.tiers:
        rates = step if usage.input > step.above else rates
    cached = rates.input if rates.cached_input is None else rates.cached_input
    write = rates.input if rates.cache_write is None else rates.cache_write
    hourly = write if rates.cache_write_1h is None else rates.cache_write_1h
    thought = rates.output if rates.reasoning is None else rates.reasoning
    reasoning = min(usage.reasoning, usage.output)
    hour = min(usage.cache_write_1h, usage.cache_write)
    with localcontext(prec=200):
        total = (usage.input - usage.cache_read - usage.cache_write) * rates.input
        total += usage.cache_read * cached + (usage.cache_write - hour) * write + hour * hourly
        total += (usage.output - reasoning) * rates.output + reasoning * thought
        total = total / 10**6 + price.fee
        total *= 1 - (card.discount if price.discount is None else price.discount)
        total *= 1 + (card.margin if price.margin is None else price.margin)
        if normalise(tier or "") not in PLAIN_TIERS:
            tiers = model.service_tiers if price.service_tiers is None else price.service_tiers
            total *= tiers[normalise(tier or "")]
        return total.quantize(Decimal("1e-9"), ROUND_HALF_UP)


@given(st.data())
@settings(deadline=None)
def test_integers_equal_decimals(data: st.DataObject) -> None:
    """For any valid card and call, the integer formula gives the Decimal oracle's cost to the last digit."""
    card = data.draw(strategies.cards())
    call = data.draw(strategies.calls(card))
    outcome = Pricer(price_part(card)).price(call)
    if outcome.status != "priced" or call.total is not None:
        return
    assert outcome.match is not None
    assert outcome.cost is not None
    model = next(model for model in card.models if model.id == outcome.match.model["id"])
    entries = [price for price in model.prices if milliseconds(price.from_) <= call.at_ms]
    price = max(entries, key=lambda entry: entry.from_)
    counts = (call.input, call.output, call.cache_read, call.cache_write, call.reasoning, call.cache_write_1h)
    usage = Usage(*(count or 0 for count in counts))
    assert Decimal(outcome.cost.total).scaleb(-9) == oracle(card, price, model, usage, call.service_tier)


@given(st.data())
@settings(deadline=None)
def test_every_call_has_one_outcome(data: st.DataObject) -> None:
    """A call is priced, not billed or unpriced with a reason; never anything between."""
    card = data.draw(strategies.cards())
    outcome: Outcome = Pricer(price_part(card)).price(data.draw(strategies.calls(card)))
    assert (outcome.cost is None) == (outcome.status == "unpriced") == (outcome.reason is not None)


@given(strategies.cards(), strategies.usages())
@settings(deadline=None)
def test_parts_add_up(card: Card, usage: Usage) -> None:
    """The total differs from the sum of its rounded parts by at most half a nano a part."""
    rule = price_rules(card)["models"][0]["prices"][0]
    by = factor(rule, None)
    assert by is not None
    actual = cost(rule, usage, by)
    if actual is None:
        assert usage.cache_read + usage.cache_write > usage.input
        return
    assert actual.input is not None
    assert actual.output is not None
    parts = actual.input + actual.output + actual.cached_input + actual.cache_write + actual.fee
    assert abs(actual.total - parts) <= 3


@given(strategies.cards())
@settings(deadline=None)
def test_factors_fit_in_64_bits(card: Card) -> None:
    """Every integer of the rules is read by any JSON parser without loss."""
    for model in price_rules(card)["models"]:
        for rule in model["prices"]:
            assert (
                max(*rule["factor"], *(n for pair in rule["service_tiers"].values() for n in pair), rule["fee"]) < 2**63
            )
