"""Prices of the package genai-prices (an optional extra), valid at a given time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.prices.quote import PROVIDERS, Quote, fee, our_provider, rate, window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

#: Our kinds of tokens, and the package's prices of them in USD per million.
FIELDS: Final = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached_input": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "reasoning": "output_reasoning_mtok",
    "input_audio": "input_audio_mtok",
    "input_image": "input_image_mtok",
    "cached_audio": "cache_audio_read_mtok",
    "cached_image": "cache_image_read_mtok",
    "output_audio": "output_audio_mtok",
    "output_image": "output_image_mtok",
}


class GenaiPrices:
    """The price data inside the package; nothing is downloaded."""

    name = "genai-prices"

    def __init__(self, at: datetime | None = None) -> None:
        """Load the package's data. UserError when it is not installed."""
        try:
            from genai_prices.data import providers  # noqa: PLC0415 - an optional extra
        except ImportError:
            raise UserError(
                "the package genai-prices is not installed", hint="run: .venv/bin/pip install 'holysheep-elk[prices]'"
            ) from None
        self._at = at or datetime.now(UTC)
        self._providers: dict[str, Any] = {provider.id: provider for provider in providers}

    def quote(self, names: Sequence[str], provider: str | None) -> Quote | None:
        """The price of the model's own provider, else of the first reseller in alphabetical order."""
        own = [name for name in PROVIDERS.get(provider or "", (provider or "",)) if name in self._providers]
        for place in (own, sorted(set(self._providers) - set(own))):
            for name in names:
                for seller in place:
                    model = self._find(seller, name)
                    if model is not None and (quote := self._quoted(seller, model)):
                        return quote
        return None

    def _find(self, seller: str, name: str) -> Any:  # noqa: ANN401 - the package's ModelInfo
        for model in self._providers[seller].models:
            # A resale is listed as deepseek/deepseek-v3.2; the package's own prefix matches are too wide for it.
            if model.id.lower().rpartition("/")[2] == name or model.is_match(name):
                return model
        return None

    def _quoted(self, seller: str, model: Any) -> Quote | None:  # noqa: ANN401 - as above
        prices = model.get_prices(self._at)
        name = f"{seller}:{model.id}"
        stated = {kind: getattr(prices, field, None) for kind, field in FIELDS.items()}
        stated = {kind: value for kind, value in stated.items() if value is not None}
        if "input" not in stated or "output" not in stated:
            return None
        requests = getattr(prices, "requests_kcount", None)
        return Quote(
            name,
            our_provider(seller),
            {kind: rate(base_price(value), name, kind) for kind, value in stated.items()},
            None if requests is None else fee(base_price(requests) / 1000, name),
            tiers_of(stated, name),
            _note(model),
            window(model.context_window),
        )


def base_price(value: Any) -> Decimal:  # noqa: ANN401 - Decimal or the package's TieredPrices
    """The price of a small prompt."""
    base: Decimal = getattr(value, "base", value)
    return base


def tiers_of(stated: Mapping[str, Any], name: str) -> tuple[tuple[int, Mapping[str, Decimal]], ...]:
    """(prompt tokens above which, all rates) for each size at which any of the prices changes."""
    sizes = sorted({tier.start for value in stated.values() for tier in getattr(value, "tiers", ())})
    steps = []
    for size in sizes:
        rates = {}
        for kind, value in stated.items():
            reached = [tier.price for tier in getattr(value, "tiers", ()) if tier.start <= size]
            rates[kind] = rate(reached[-1] if reached else base_price(value), name, kind)
        steps.append((size, rates))
    return tuple(steps)


def _note(model: Any) -> str | None:  # noqa: ANN401 - as above
    conditions = [price.constraint for price in model.prices] if isinstance(model.prices, list) else []
    by_hour = any(hasattr(condition, "start_time") for condition in conditions)
    return "the price depends on the hour; this is the price of the current hour" if by_hour else None
