"""Prices of a LiteLLM price file (model_prices_and_context_window.json), read from disk."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError, show
from holysheep.price import normalise
from runner.prices.quote import PROVIDERS, Quote, QuoteError, fee, our_provider, rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_FIELDS: Final = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cached_input": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
    "reasoning": "output_cost_per_reasoning_token",
    "input_audio": "input_cost_per_audio_token",
    "input_image": "input_cost_per_image_token",
    "cached_audio": "cache_read_input_audio_token_cost",
    "output_audio": "output_cost_per_audio_token",
    "output_image": "output_cost_per_image_token",
}
_KINDS: Final = {field: kind for kind, field in _FIELDS.items()}
_TIER: Final = re.compile(rf"({'|'.join(_KINDS)})_above_(\d+)k_tokens")
_MAX_EXPONENT: Final = 40
_MAX_BYTES: Final = 64 * 1024 * 1024


class LiteLLM:
    """A LiteLLM price file; its prices are in USD per token."""

    name = "litellm"

    def __init__(self, path: Path) -> None:
        """Read the file. UserError when it can't be read or is no price file."""
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise UserError("is too large for a price file", where=str(path))
            data = json.loads(path.read_bytes(), parse_float=Decimal, parse_int=Decimal)
        except OSError as error:
            raise UserError(f"can't be read: {error.strerror}", where=str(path)) from None
        except (ValueError, RecursionError) as error:
            hint = "give LiteLLM's model_prices_and_context_window.json"
            raise UserError(f"is not JSON: {error}", where=str(path), hint=hint) from None
        if not isinstance(data, dict):
            raise UserError("is not an object of models", where=str(path), hint="give LiteLLM's own price file")
        self._models: dict[str, list[str]] = {}
        self._data: dict[str, dict[str, Any]] = {}
        for key, entry in data.items():
            if isinstance(entry, dict) and "input_cost_per_token" in entry:
                self._data[key] = entry
                bare = normalise(key).rpartition("/")[2]
                self._models.setdefault(bare, []).append(key)

    def quote(self, names: Sequence[str], provider: str | None) -> Quote | None:
        """The price of the model's own provider; a reseller's price only when there is no other."""
        own = PROVIDERS.get(provider or "", (provider or "",))
        keys = [key for name in names for key in self._models.get(normalise(name).rpartition("/")[2], ())]
        if not keys:
            return None
        key = min(keys, key=lambda key: (self._data[key].get("litellm_provider") not in own, keys.index(key)))
        return _quoted(key, self._data[key])


def _quoted(key: str, entry: Mapping[str, Any]) -> Quote:
    rates: dict[str, Decimal] = {}
    tiers: dict[int, dict[str, Decimal]] = {}
    for field, value in entry.items():
        if value is None:
            continue
        if kind := _KINDS.get(field):
            rates[kind] = rate(_per_million(value), key, kind)
        elif match := _TIER.fullmatch(field):
            kind = _KINDS[match[1]]
            tiers.setdefault(int(match[2]) * 1000, {})[kind] = rate(_per_million(value), key, kind)
    for kind in ("input", "output"):
        if kind not in rates:
            raise QuoteError(f"{show(key)} has no {kind} price")
    current = dict(rates)
    steps: list[tuple[int, Mapping[str, Decimal]]] = []
    for above in sorted(tiers):
        current = current | tiers[above]
        steps.append((above, current))
    request = entry.get("input_cost_per_request")
    return Quote(
        key,
        our_provider(entry.get("litellm_provider")),
        rates,
        None if request is None else fee(request, key),
        tuple(steps),
    )


def _per_million(value: object) -> object:
    """USD per million tokens. A value that is no number is returned as text, which `rate` refuses."""
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < _MAX_EXPONENT:
        return value * 1_000_000
    return str(value)
