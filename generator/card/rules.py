"""The price part of logstash/rules/rules.json: the card as integers, for the Ruby filter and the Python client."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, cast

from generator.card.hours import weeks
from generator.card.moments import iso, milliseconds
from generator.card.tables import name_table, pattern_table
from holysheep.price.match import normalise
from holysheep.price.rules import PARTS

if TYPE_CHECKING:
    from decimal import Decimal

    from generator.card.model import Card, Model, Price, Rates, Tier
    from holysheep.price.rules import PriceRules

#: Kinds of tokens beside text that may have rates of their own.
MODALITIES: Final = ("audio", "image")
Json = dict[str, Any]


def price_rules(card: Card) -> Json:
    """All that the filter needs of the card, without floats: prices in pico-USD per token, fees in pico-USD per
    request, factors as [numerator, denominator], times in milliseconds since 1970. `names` and `patterns` point
    into `models`; patterns are {prefix: {suffix: index}}.
    """
    families = sorted(card.families, key=lambda family: (-len(normalise(family.prefix)), normalise(family.prefix)))
    rules: Json = {
        "index_prefix": card.index_prefix,
        "keep": {
            "prompts": card.privacy.keep_prompts,
            "completions": card.privacy.keep_completions,
            "rejected": card.privacy.keep_rejected,
            # Left out where ids are kept, so that the version of such cards stays as it was.
            **({"user_ids": "hmac"} if card.privacy.user_ids == "hmac" else {}),
        },
        "latency": [[item.name, item.below_ms] for item in card.latency_classes],
        "budget_request_nano": scaled(card.budgets.request_usd, 9),
        "price_by": card.price_by,
        "families": [[normalise(family.prefix), family.family, family.provider] for family in families],
        "models": [_model(model, card) for model in card.models],
        "names": {name: list(index_and_rule) for name, index_and_rule in name_table(card).items()},
        "patterns": pattern_table(card),
        # Left out where no model has one, so that the version of such cards stays as it was.
        **({"context_windows": windows} if (windows := _windows(card)) else {}),
    }
    return {"version": fingerprint(rules), **rules}


def _windows(card: Card) -> dict[str, int]:
    """Tokens by the model's id. Not in `models`: the client has no use for them."""
    return {model.id: model.context_window for model in card.models if model.context_window is not None}


def price_part(card: Card) -> PriceRules:
    """The part of the rules that `holysheep.price` reads. Its version is the version of all rules."""
    rules = price_rules(card)
    return cast("PriceRules", {part: rules[part] for part in PARTS})


def fingerprint(rules: Json) -> str:
    """First 12 hex digits of the SHA-256 of a canonical dump: the same card gives the same on every machine."""
    text = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def scaled(number: Decimal, places: int) -> int:
    """A number times 10^places as an integer. ValueError when the number has more decimals than `places`."""
    fraction = Fraction(number) * Fraction(10**places)
    if fraction.denominator != 1:
        raise ValueError(f"{number} has more than {places} decimals")
    return fraction.numerator


def price_rule(price: Price, model: Model, card: Card) -> Json:
    """One price entry. Rates, discount and margin that the entry leaves out are filled in."""
    discount = card.discount if price.discount is None else price.discount
    margin = card.margin if price.margin is None else price.margin
    factor = (1 - Fraction(discount)) * (1 + Fraction(margin))
    service_tiers = model.service_tiers if price.service_tiers is None else price.service_tiers
    return {
        "from": iso(price.from_),
        "from_ms": milliseconds(price.from_),
        **_rates(price),
        "fee": scaled(price.fee, 12),
        "factor": _pair(factor),
        "service_tiers": {normalise(name): _pair(factor * Fraction(by)) for name, by in service_tiers.items()},
        "tiers": _tiers(price.tiers),
        **_charges(price, model),
    }


def _charges(price: Price, model: Model) -> Json:
    """What few cards have; a part is there only where the card has it, so that plain prices stay small and fast."""
    regions = model.regions if price.regions is None else price.regions
    units = {name: unit for name in type(price.units).model_fields if (unit := getattr(price.units, name)) is not None}
    parts: Json = {
        "hours": [
            {"weeks": weeks(hours.utc, hours.days), **_rates(hours), "tiers": _tiers(hours.tiers)}
            for hours in price.hours
        ],
        "regions": {normalise(name): _pair(Fraction(by)) for name, by in regions.items()},
        "tools": {normalise(name): scaled(fee, 12) for name, fee in price.tools.items()},
        "units": {
            name: {"price": scaled(unit.usd, 12), "per": unit.per, "minimum": scaled(unit.minimum, 3)}
            for name, unit in units.items()
        },
        "minimum": scaled(price.minimum, 12),
    }
    return {name: part for name, part in parts.items() if part}


def _tiers(tiers: tuple[Tier, ...]) -> list[Json]:
    return [{"above": tier.above, **_rates(tier)} for tier in tiers]


def _model(model: Model, card: Card) -> Json:
    prices = sorted(model.prices, key=lambda price: price.from_)
    return {
        "id": model.id,
        "provider": model.provider,
        "family": model.family,
        "prices": [price_rule(price, model, card) for price in prices],
    }


def _rates(rates: Rates) -> Json:
    """Pico-USD per token: a million times the USD per million tokens. Audio and image rates only where given."""
    left_out = {"cached_input": rates.input, "cache_write": rates.input, "reasoning": rates.output}
    usd = {"input": rates.input, "output": rates.output}
    for name, default_rate in left_out.items():
        own_rate = getattr(rates, name)
        usd[name] = default_rate if own_rate is None else own_rate
    usd["cache_write_1h"] = usd["cache_write"] if rates.cache_write_1h is None else rates.cache_write_1h
    for kind in MODALITIES:
        given = {name: getattr(rates, f"{name}_{kind}") for name in ("input", "cached", "output")}
        if given["cached"] is None and rates.cached_input is None:
            given["cached"] = given["input"]
        usd |= {f"{name}_{kind}": rate for name, rate in given.items() if rate is not None}
    return {name: scaled(rate, 6) for name, rate in usd.items()}


def _pair(fraction: Fraction) -> list[int]:
    return [fraction.numerator, fraction.denominator]
