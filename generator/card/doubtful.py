"""Rates that are likely a slip of the decimal point: allowed, but worth a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.errors import UserError, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from generator.card.loader import Loaded
    from generator.card.model import Model, Price, Rates
    from generator.yamltext import Place

#: How many times the family's dearest rate a rate may be without a word.
FAR: Final = 10
_SENT: Final = ("input", "cached_input", "cache_write", "cache_write_1h")
_GOT: Final = ("output", "reasoning")


def doubtful(loaded: Loaded) -> list[UserError]:
    """One warning for each hand-kept rate beyond ten times the dearest of the other models of its family.

    A model that is alone in its family is compared with the whole card, and a model that is alone in the card with its
    other entries. An entry with `confirmed: true` is not looked at.
    """
    card = loaded.card
    warnings = []
    for index, model in enumerate(card.models[: loaded.hand_kept]):
        others = [other for other in card.models if other is not model]
        peers = [other for other in others if other.family == model.family]
        whose = f"the other {model.family} models" if peers else "the card's other models"
        for number, price in enumerate(model.prices):
            if price.confirmed:
                continue
            place: Place = ("models", index, "prices", number)
            other_prices = [entry for entry in model.prices if entry is not price]
            entries = list(_entries(peers or others)) or other_prices
            words = whose if others else "the model's other prices"
            for where, what in _far(price, place, entries):
                text = f"{what} of {show(model.id)} is more than {FAR} times the dearest of {words}"
                hint = "correct it, or write confirmed: true in the entry if it is meant"
                warnings.append(UserError(text, where=loaded.where(where), hint=hint))
    return warnings


def _entries(models: Iterable[Model]) -> Iterator[Price]:
    for model in models:
        yield from model.prices


def _far(price: Price, place: Place, entries: list[Price]) -> Iterator[tuple[Place, str]]:
    """(place, rate) of each rate that is far beyond those of other entries."""
    parts: list[tuple[Place, Rates]] = [(place, price)]
    parts += [((*place, "tiers", step), tier) for step, tier in enumerate(price.tiers)]
    for kinds in (_SENT, _GOT):
        dearest = max((rate for entry in entries for rate in _stated(entry, kinds)), default=None)
        if not dearest:
            continue
        for where, rates in parts:
            for kind in kinds:
                rate = getattr(rates, kind)
                if rate is not None and rate > FAR * dearest:
                    yield (*where, kind), f"{kind} {rate}"


def _stated(price: Price, kinds: tuple[str, ...]) -> list[Decimal]:
    rates: list[Rates] = [price, *price.tiers]
    return [rate for part in rates for kind in kinds if (rate := getattr(part, kind)) is not None]
