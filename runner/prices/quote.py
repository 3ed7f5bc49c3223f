"""A price as a source states it, in our terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Protocol

from pydantic import TypeAdapter, ValidationError

from generator.card.scalars import Fee, Rate
from generator.errors import UserError
from generator.explain import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

KINDS: Final = ("input", "output", "cached_input", "cache_write", "cache_write_1h", "reasoning")
#: Our provider names, and how genai-prices and LiteLLM call the same; the first is the usual one.
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


class QuoteError(UserError):
    """A source's price for one model can't be used; the other models' can."""


@dataclass(frozen=True, slots=True)
class Quote:
    """USD per million tokens by kind; what the source does not state is not in it."""

    name: str  #: the model as the source calls it
    provider: str | None  #: in our terms, where the source says it
    rates: Mapping[str, Decimal]
    fee: Decimal | None = None  #: USD per request
    #: (prompt tokens above which, rates); None where the source knows no tiers at all
    tiers: tuple[tuple[int, Mapping[str, Decimal]], ...] | None = None
    note: str | None = None  #: what our card can't express


class Source(Protocol):
    """Something that states prices."""

    name: str

    def quote(self, names: Sequence[str], provider: str | None) -> Quote | None:
        """The price of the model that is known by `names`, the first name first; None when it has none."""


def rate(value: object, name: str, kind: str) -> Decimal:
    """A source's number as a rate of ours. QuoteError when it is none, negative, absurd or too fine."""
    return _checked(_RATE, value, name, kind)


def fee(value: object, name: str) -> Decimal:
    """A source's number as a fee of ours."""
    return _checked(_FEE, value, name, "fee")


def _checked(adapter: TypeAdapter[Decimal], value: object, name: str, kind: str) -> Decimal:
    try:
        return adapter.validate_python(value).normalize()
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        raise QuoteError(f"{kind} of {show(name)}: {context.get('what', show(value))}") from None


def our_provider(theirs: str | None) -> str | None:
    """A source's provider name in our terms."""
    for ours, names in PROVIDERS.items():
        if theirs in names:
            return ours
    return theirs
