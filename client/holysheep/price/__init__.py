"""From a model's name and its token counts to the cost of a call, over the price part of rules.json.

    >>> from holysheep.price import Call, Pricer, default_rules
    >>> outcome = Pricer(default_rules()).price(Call("gpt-4.1", at_ms=1736937000000, input=150, output=320))
    >>> outcome.status
    'priced'

The Ruby filter reads the same rules and computes the same integers; tests/cases/test_cost_law.py holds them equal.
"""

from holysheep.price.cost import MAX_TOKENS, Cost, usd
from holysheep.price.match import Match, Matcher, forms, normalise
from holysheep.price.pricer import Call, Outcome, Pricer
from holysheep.price.rules import PriceRules, RulesError, default_rules, read_rules

__all__ = [
    "MAX_TOKENS",
    "Call",
    "Cost",
    "Match",
    "Matcher",
    "Outcome",
    "PriceRules",
    "Pricer",
    "RulesError",
    "default_rules",
    "forms",
    "normalise",
    "read_rules",
    "usd",
]
