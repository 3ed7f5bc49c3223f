"""Where our card and a source differ, model by model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from holysheep.price import normalise
from runner.prices.quote import KINDS, Quote, QuoteError, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from generator.card import Card
    from generator.card.model import Model, Price, Rates

Verdict = Literal["same", "differs", "not in source", "not in card", "no price yet", "unusable"]


@dataclass(frozen=True, slots=True)
class Row:
    """One model: the verdict, and each field that differs as (field, ours, theirs)."""

    model: str
    verdict: Verdict
    quote: Quote | None = None
    differences: tuple[tuple[str, str, str], ...] = ()
    note: str | None = None


def compare(card: Card, source: Source, at: datetime, only: Sequence[str] = ()) -> list[Row]:
    """One row for each model of the card, or for each name in `only`, by the prices valid at a time."""
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
    """The model's price at a time."""
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
    found = tuple(_differences(entry, quote))
    return Row(model.id, "differs" if found else "same", quote, found, quote.note)


def _unknown(name: str, source: Source) -> Row:
    try:
        quote = source.quote([normalise(name)], None)
    except QuoteError as error:
        return Row(name, "unusable", note=str(error))
    return Row(name, "not in card" if quote else "not in source", quote, note=quote.note if quote else None)


def _differences(entry: Price, quote: Quote) -> list[tuple[str, str, str]]:
    """Only what the source states is compared; what our entry leaves out counts as what it means."""
    ours = _resolved(entry)
    found = [
        (kind, plain(ours[kind]), plain(quote.rates[kind]))
        for kind in KINDS
        if kind in quote.rates and ours[kind] != quote.rates[kind]
    ]
    if quote.fee is not None and quote.fee != entry.fee:
        found.append(("fee", plain(entry.fee), plain(quote.fee)))
    if quote.tiers is not None:
        own = [(tier.above, _resolved(tier)) for tier in entry.tiers]
        same = [above for above, _ in own] == [above for above, _ in quote.tiers] and all(
            rates[kind] == theirs[kind]
            for (_, rates), (_, theirs) in zip(own, quote.tiers, strict=False)
            for kind in theirs
        )
        if not same:
            found.append(("tiers", _sketch(own), _sketch(quote.tiers)))
    return found


def _resolved(rates: Rates) -> dict[str, Decimal]:
    instead = {"input": rates.input, "output": rates.output, "reasoning": rates.output}
    own = {kind: getattr(rates, kind) for kind in KINDS}
    if own["cache_write"] is not None:
        instead["cache_write_1h"] = own["cache_write"]
    return {kind: instead.get(kind, rates.input) if value is None else value for kind, value in own.items()}


def _sketch(tiers: Sequence[tuple[int, Mapping[str, Decimal]]]) -> str:
    """>200000: 6/22.5."""
    texts = [f">{above}: {plain(rates['input'])}/{plain(rates['output'])}" for above, rates in tiers]
    return ", ".join(texts) or "none"


def plain(number: Decimal) -> str:
    """A decimal without exponent and without needless zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
