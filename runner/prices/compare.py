"""Compares the prices of the card with a source's prices, model by model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from holysheep.price import normalise
from runner.prices.quote import KINDS, Quote, QuoteError, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from generator.card import Card
    from generator.card.model import Model, Price, Rates

#: Kinds whose rate a kind has that the card leaves out, the first that is stated; else it is that of `input`.
_INSTEAD: Final[Mapping[str, tuple[str, ...]]] = {
    "cache_write_1h": ("cache_write",),
    "reasoning": ("output",),
    "cached_audio": ("cached_input", "input_audio"),
    "cached_image": ("cached_input", "input_image"),
    "output_audio": ("output",),
    "output_image": ("output",),
}
Verdict = Literal["same", "differs", "not in source", "not in card", "no price yet", "unusable"]


@dataclass(frozen=True, slots=True)
class Row:
    """The result for a model. `differences`: (field, the card's value, the source's value) for each that differs."""

    model: str
    verdict: Verdict
    quote: Quote | None = None
    differences: tuple[tuple[str, str, str], ...] = ()
    note: str | None = None


def compare(card: Card, source: Source, at: datetime, only: Sequence[str] = ()) -> list[Row]:
    """A row for each model of the card, or for each name in `only`. The prices are those valid at the time `at`."""
    models = {normalise(model.id): model for model in card.models}
    aliases = {normalise(alias): model for model in card.models for alias in model.aliases}
    if not only:
        return [_row(model, source, at) for model in card.models]
    rows = []
    for name in dict.fromkeys(only):
        model = models.get(normalise(name)) or aliases.get(normalise(name))
        rows.append(_row(model, source, at) if model else _unknown(name, source))
    return rows


def entry_at(model: Model, at: datetime) -> Price | None:
    """The price of the model that is valid at a time; None when there is none."""
    valid = [price for price in model.prices if price.from_ <= at]
    return max(valid, key=lambda price: price.from_) if valid else None


def _row(model: Model, source: Source, at: datetime) -> Row:
    names = [normalise(name) for name in (model.id, *model.aliases)]
    try:
        quote = source.quote(names, model.provider)
    except QuoteError as error:
        return Row(model.id, "unusable", note=str(error))
    if quote is None:
        return Row(model.id, "not in source")
    entry = entry_at(model, at)
    if entry is None:
        return Row(model.id, "no price yet", quote, note=quote.note)
    differences = tuple(_differences(entry, quote))
    return Row(model.id, "differs" if differences else "same", quote, differences, quote.note)


def _unknown(name: str, source: Source) -> Row:
    try:
        quote = source.quote([normalise(name)], None)
    except QuoteError as error:
        return Row(name, "unusable", note=str(error))
    return Row(name, "not in card" if quote else "not in source", quote, note=quote.note if quote else None)


def _differences(entry: Price, quote: Quote) -> list[tuple[str, str, str]]:
    """The fields that differ. Only fields that the source states are compared; the card's defaults are filled in."""
    ours = _resolved(entry)
    differences = [
        (kind, plain(ours[kind]), plain(quote.rates[kind]))
        for kind in KINDS
        if kind in quote.rates and ours[kind] != quote.rates[kind]
    ]
    if quote.fee is not None and quote.fee != entry.fee:
        differences.append(("fee", plain(entry.fee), plain(quote.fee)))
    if quote.tiers is not None:
        our_tiers = [(tier.above, _resolved(tier)) for tier in entry.tiers]
        same = [above for above, _ in our_tiers] == [above for above, _ in quote.tiers] and all(
            rates[kind] == theirs[kind]
            for (_, rates), (_, theirs) in zip(our_tiers, quote.tiers, strict=False)
            for kind in theirs
        )
        if not same:
            differences.append(("tiers", _sketch(our_tiers), _sketch(quote.tiers)))
    return differences


def _resolved(rates: Rates) -> dict[str, Decimal]:
    """Each kind's rate; where the card leaves one out, the rate that it then has (docs/prices.md)."""
    stated = {kind: value for kind in KINDS if (value := getattr(rates, kind)) is not None}
    resolved = dict(stated)
    for kind in KINDS:
        instead = [other for other in _INSTEAD.get(kind, ("input",)) if other in stated]
        resolved.setdefault(kind, stated[instead[0]] if instead else rates.input)
    return resolved


def _sketch(tiers: Sequence[tuple[int, Mapping[str, Decimal]]]) -> str:
    """Tiers as a short text: `>200000: 6/22.5` (input/output)."""
    texts = [f">{above}: {plain(rates['input'])}/{plain(rates['output'])}" for above, rates in tiers]
    return ", ".join(texts) or "none"


def plain(number: Decimal) -> str:
    """A decimal as text, without exponent and trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
