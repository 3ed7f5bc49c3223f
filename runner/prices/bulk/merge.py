"""Many offers as models of one card: one entry for one model, each name claimed once, the rest with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from generator.card.checks import MIN_LITERALS
from generator.card.overlap import Glob, overlaps
from holysheep.price import forms
from runner.prices.bulk.sellers import MAKERS, prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runner.prices.bulk.offers import Offer

What = Literal["model", "name", "pattern", "price"]
#: Providers whose name for a model says already who sold it: `us.anthropic.claude-…`, `@cf/meta/…`.
_OWN_NAMES: Final = frozenset({"aws", "cloudflare"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of genai-prices that is not in the card: a model, a name, a pattern or a part of the price, and why."""

    seller: str
    model: str
    what: What
    text: str
    why: str


@dataclass(slots=True)
class Merged:
    """A model of the card, made of one or more offers that ask the same."""

    offers: list[Offer]
    names: list[str] = field(default_factory=list)
    patterns: dict[str, int] = field(default_factory=dict)  #: each with the rank of its seller

    @property
    def id(self) -> str:
        """The first name."""
        return self.names[0]

    @property
    def window(self) -> int | None:
        """Tokens of the context at the first seller, whose price it is. Where that seller states none, another's would
        be a guess: for one name and price they differ by up to four times.
        """
        return self.offers[0].window


class Merger:
    """Gives each name to one model, the offers of the first sellers first."""

    def __init__(self, order: Sequence[str], reserved: Iterable[str], owner: Callable[[str, str], str | None]) -> None:
        """`reserved`: names of makers' models that are left out, which nobody else's price may take. `owner`: the id of
        the model that genai-prices itself finds for (seller, name); a name that it gives to another is not ours.
        """
        self._rank = {seller: number for number, seller in enumerate(order)}
        self._reserved = frozenset(reserved)
        self._owner = owner
        self._named: dict[str, Merged] = {}
        self._starts: dict[str, Merged] = {}
        self._rivals: dict[str, set[object]] = {}
        self.models: list[Merged] = []
        self.left_out: list[LeftOut] = []

    def merge(self, offers: Sequence[Offer], *, chosen: bool) -> None:
        """All offers. `chosen`: the sellers were asked for, so a plain name means the first one's price."""
        for offer in offers:
            for name in {bare(name) for name in offer.names.exact}:
                self._rivals.setdefault(name, set()).add(_now(offer))
        for offer in sorted(offers, key=lambda offer: self._rank[offer.seller]):
            self._add(offer, plain=chosen or offer.seller in MAKERS or offer.seller in _OWN_NAMES)
        for model in self.models:
            for text in [text for text in model.patterns if len(text) <= MIN_LITERALS]:
                del model.patterns[text]
                self._leave(model.offers[0], "pattern", text, "it is too short for a pattern")
        self._drop_overlaps()

    def _add(self, offer: Offer, *, plain: bool) -> None:
        """The offer as a model of its own, as further names of one with the same price, or with its seller's prefix."""
        own = self._own_names(offer)
        plain_names = list(dict.fromkeys(bare(name) for name in own))
        claimed = {name: self._claimant(name, offer.seller) for name in plain_names}
        free = [name for name in plain_names if claimed[name] is None and name not in self._reserved]
        clear = [name for name in free if plain or len(self._rivals[name]) == 1]
        for name in free:
            if name not in clear:
                self._leave(offer, "name", name, "several providers sell it at different prices (--provider chooses)")
        same = next((model for model in claimed.values() if model and _now(model.offers[0]) == _now(offer)), None)
        if same is not None:
            same.offers.append(offer)
            self._claim(same, offer, clear, patterns=plain)
            return
        names = list(clear)
        if len(clear) < len(plain_names):
            # A log that names the seller means this price, though the plain name is another's.
            qualified = [f"{prefix(offer.seller)}/{name}" for name in dict.fromkeys((*own, *plain_names))]
            names += [name for name in qualified if name not in self._named]
        if not names:
            self._leave(offer, "model", offer.model, "all its names are those of other models")
            return
        model = Merged([offer])
        self.models.append(model)
        self._claim(model, offer, names, patterns=plain and bool(clear))

    def _own_names(self, offer: Offer) -> list[str]:
        """The offer's names without those that genai-prices gives to another model of the seller."""
        names = []
        for name in offer.names.exact:
            owner = self._owner(offer.seller, name)
            if owner in {None, offer.model}:
                names.append(name)
            else:
                self._leave(offer, "name", name, f"genai-prices gives it to {owner}")
        return names

    def _claimant(self, name: str, seller: str) -> Merged | None:
        """The model that has the name, or whose names or patterns, of another seller, mean it as well."""
        if name in self._named:
            return self._named[name]
        means = [self._named.get(form) for form in forms(name)]
        means += [self._starts.get(name[:length]) for length in range(len(name), MIN_LITERALS, -1)]
        return next((model for model in means if model and model.offers[0].seller != seller), None)

    def _claim(self, model: Merged, offer: Offer, names: Iterable[str], *, patterns: bool) -> None:
        for name in names:
            self._named[name] = model
            model.names.append(name)
        for text in offer.names.patterns if patterns else ():
            model.patterns.setdefault(text, self._rank[offer.seller])
            self._starts.setdefault(text.removesuffix("*"), model)

    def _leave(self, offer: Offer, what: What, text: str, why: str) -> None:
        self.left_out.append(LeftOut(offer.seller, offer.model, what, text, why))

    def _drop_overlaps(self) -> None:
        """Of two patterns that claim one name that of the later seller goes, else the wider one."""
        while pairs := overlaps(self._globs()):
            losers = {max(pair, key=self._weakness): pair for pair in pairs}
            for glob, pair in losers.items():
                model, other = self.models[glob.model], next(item for item in pair if item != glob)
                text = glob.prefix + "*"
                del model.patterns[text]
                why = f"{other.prefix}* of {self.models[other.model].id} claims some of the same names"
                self._leave(model.offers[0], "pattern", text, why)

    def _weakness(self, glob: Glob) -> tuple[int, int, int]:
        return self.models[glob.model].patterns[glob.prefix + "*"], -len(glob.prefix), glob.number

    def _globs(self) -> list[Glob]:
        texts = [(number, text) for number, model in enumerate(self.models) for text in model.patterns]
        return [Glob(text.removesuffix("*"), "", number, place) for place, (number, text) in enumerate(texts)]


def bare(name: str) -> str:
    """Without provider and vendor before it, as the card's matching strips them."""
    return name.rpartition("/")[2]


def _now(offer: Offer) -> tuple[object, ...]:
    """What the offer asks today for tokens, to tell whether two ask the same."""
    return offer.entries[-1].rates_alone()
