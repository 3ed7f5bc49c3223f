"""A source's price in the terms of the card: units, kinds of tokens, provider names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Protocol

from pydantic import TypeAdapter, ValidationError

from generator.card.scalars import Fee, Rate, Window
from generator.errors import UserError, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

KINDS: Final = (
    "input", "output", "cached_input", "cache_write", "cache_write_1h", "reasoning",
    "input_audio", "input_image", "cached_audio", "cached_image", "output_audio", "output_image",
)  # fmt: skip
#: Provider in the card → names of the same provider in genai-prices and LiteLLM, the most common first.
PROVIDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "openai": ("openai", "text-completion-openai"),
    "anthropic": ("anthropic",),
    "gcp.gemini": ("google", "gemini", "vertex_ai", "vertex_ai-language-models"),
    "deepseek": ("deepseek",),
    "mistral_ai": ("mistral",),
    "x_ai": ("x-ai", "xai"),
}
_RATE: Final[TypeAdapter[Decimal]] = TypeAdapter(Annotated[Rate, "USD per million tokens"])
_FEE: Final[TypeAdapter[Decimal]] = TypeAdapter(Annotated[Fee, "USD per request"])
_WINDOW: Final[TypeAdapter[int]] = TypeAdapter(Annotated[Window, "tokens"])


class QuoteError(UserError):
    """A source's price for a model can't be used. Other models of the source are not affected."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A source's price for a model. Kinds that the source does not state are missing."""

    name: str  #: The model's name in the source.
    provider: str | None  #: The card's name of the provider; None when the source names none.
    rates: Mapping[str, Decimal]  #: Kind of tokens → USD per million tokens.
    fee: Decimal | None = None  #: USD per request.
    #: (number of prompt tokens above which the rates hold, rates); None when the source has no tiers at all.
    tiers: tuple[tuple[int, Mapping[str, Decimal]], ...] | None = None
    note: str | None = None  #: A condition of the price that the card can't express.
    context_window: int | None = None  #: Tokens; None when the source states none.


class Source(Protocol):
    """A price list."""

    name: str

    def quote(self, names: Sequence[str], provider: str | None) -> Quote | None:
        """The price of a model that has the given names, the first name first; None when the source lacks it."""


def rate(value: object, name: str, kind: str) -> Decimal:
    """A source's number as a rate of the card. QuoteError when it is no number, negative, too large or too fine."""
    return _checked(_RATE, value, name, kind)


def fee(value: object, name: str) -> Decimal:
    """A source's number as a fee of the card (USD per request). QuoteError as for `rate`."""
    return _checked(_FEE, value, name, "fee")


def window(value: object) -> int | None:
    """A source's number as a context window of the card, in tokens; None when it states none, or one of under 1,000."""
    try:
        return _WINDOW.validate_python(value)
    except ValidationError:
        return None


def _checked(adapter: TypeAdapter[Decimal], value: object, name: str, kind: str) -> Decimal:
    try:
        return adapter.validate_python(value).normalize()
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        raise QuoteError(f"{kind} of {show(name)}: {context.get('what', show(value))}") from None


def our_provider(theirs: str | None) -> str | None:
    """The card's name of a source's provider; the source's name when the card has none."""
    for ours, names in PROVIDERS.items():
        if theirs in names:
            return ours
    return theirs
