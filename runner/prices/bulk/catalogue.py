"""All of genai-prices as models of a card, with what is left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from generator.explain import near
from holysheep.price import normalise
from runner.prices.bulk.clauses import names_of
from runner.prices.bulk.merge import LeftOut, Merged, Merger, bare
from runner.prices.bulk.offers import NoOffer, Offer, offer
from runner.prices.bulk.sellers import MAKERS, order

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models, what is left out and why, and how many models of how many providers were read."""

    source: str  #: package and version
    models: list[Merged]
    left_out: list[LeftOut]
    read: int
    providers: int


def catalogue(chosen: Sequence[str] = ()) -> Catalogue:
    """The prices of all providers, or of the chosen ones. UserError for an unknown one or without the package."""
    try:
        from genai_prices.data import providers  # noqa: PLC0415 - an optional extra
    except ImportError:
        hint = "run: .venv/bin/pip install 'holysheep-elk[prices]'"
        raise UserError("the package genai-prices is not installed", hint=hint) from None
    known: dict[str, Any] = {provider.id: provider for provider in providers}
    for name in chosen:
        if name not in known:
            raise UserError(f"--provider: genai-prices has no provider {name!r}", hint=near(name, sorted(known)))
    sellers = order(sorted(known), list(dict.fromkeys(chosen)))
    offers: list[Offer] = []
    left_out: list[LeftOut] = []
    reserved: set[str] = set()
    for seller in sellers:
        for model in known[seller].models:
            try:
                offers.append(offer(seller, model))
            except NoOffer as reason:
                left_out.append(LeftOut(seller, model.id, "model", model.id, str(reason)))
                if seller in MAKERS:
                    reserved |= {bare(name) for name in names_of(seller, model).exact}
    finder = Finder({seller: known[seller].models for seller in sellers})
    merger = Merger(sellers, reserved, finder.owner)
    merger.merge(offers, chosen=bool(chosen))
    left_out += merger.left_out
    for item in offers:
        left_out += [LeftOut(item.seller, item.model, "price", item.model, text) for text in item.missing]
        left_out += [LeftOut(item.seller, item.model, "pattern", text, _REGEX) for text in item.names.unsaid]
    read = sum(len(known[seller].models) for seller in sellers)
    source = f"genai-prices {version('genai-prices')}"
    return Catalogue(source, sorted(merger.models, key=lambda model: model.id), left_out, read, len(sellers))


_REGEX: Final = "the card has no form for this expression"
#: Reasons that name another model or number, and what all of them have in common.
_GROUPS: Final = {
    "claims some of the same names": "another pattern claims some of the same names",
    "genai-prices gives it to": "genai-prices gives it to another model of the provider",
    "not priced by tokens": "not priced by tokens",
}


class Finder:
    """Which model genai-prices finds for a name: the first one of the seller whose clauses match."""

    def __init__(self, models: dict[str, list[Any]]) -> None:
        self._models = models
        self._cache: dict[tuple[str, str], str | None] = {}

    def owner(self, seller: str, name: str) -> str | None:
        """The model's id; None when no clause matches, as for an id that is no name."""
        key = (seller, normalise(name))
        if key not in self._cache:
            match = (model.id for model in self._models[seller] if model.is_match(name))
            self._cache[key] = next(match, None)
        return self._cache[key]


def reasons(left_out: Sequence[LeftOut]) -> list[tuple[str, str, int, list[str]]]:
    """(what, why, how many, some of them) by frequency."""
    groups: dict[tuple[str, str], list[str]] = {}
    for item in left_out:
        why = next((group for part, group in _GROUPS.items() if part in item.why), item.why)
        groups.setdefault((item.what, why), []).append(item.text)
    counts = Counter({key: len(texts) for key, texts in groups.items()})
    return [(what, why, count, groups[what, why][:3]) for (what, why), count in counts.most_common()]
