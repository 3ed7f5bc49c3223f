"""A stored document as the call that it tells of, to price it again: every count that its cost was made from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from holysheep.price import Call
from runner.answers.periods import millis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holysheep.price import PriceRules

#: Fields of a document by the part of `Call` that each fills.
FIELDS: Final = {
    "model": "gen_ai.request.model",
    "response_model": "gen_ai.response.model",
    "input": "gen_ai.usage.input_tokens",
    "output": "gen_ai.usage.output_tokens",
    "cache_read": "gen_ai.usage.cache_read.input_tokens",
    "cache_write": "gen_ai.usage.cache_creation.input_tokens",
    "reasoning": "gen_ai.usage.reasoning.output_tokens",
    "total": "holysheep.usage.total_tokens",
    "service_tier": "holysheep.service_tier",
    "cache_write_1h": "holysheep.usage.cache_write_1h_tokens",
    "region": "cloud.region",
    "input_audio": "holysheep.usage.input_audio_tokens",
    "input_image": "holysheep.usage.input_image_tokens",
    "cached_audio": "holysheep.usage.cached_audio_tokens",
    "cached_image": "holysheep.usage.cached_image_tokens",
    "output_audio": "holysheep.usage.output_audio_tokens",
    "output_image": "holysheep.usage.output_image_tokens",
}
#: The same as the keys on the way to each in `_source`.
_PATHS: Final = {field: tuple(field.split(".")) for field in (*FIELDS.values(), "event.outcome")}
OUTCOME: Final = "event.outcome"
TOOLS: Final = "holysheep.usage.tools."
UNITS: Final = "holysheep.usage.units."


def fields(rules: PriceRules) -> list[str]:
    """The fields that pricing by these rules needs: of tools and units only those that have a price."""
    prices = [price for model in rules["models"] for price in model["prices"]]
    tools = {TOOLS + name for price in prices for name in price.get("tools", {})}
    units = {UNITS + name for price in prices for name in price.get("units", {})}
    return [*FIELDS.values(), OUTCOME, *sorted(tools), *sorted(units)]


def flat(source: Mapping[str, Any]) -> dict[str, Any]:
    """A whole `_source` as the fields that `call` reads. A field that is absent there is absent here."""
    found: dict[str, Any] = {"@timestamp": millis(datetime.fromisoformat(source["@timestamp"]))}
    for field, path in _PATHS.items():
        value: Any = source
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            found[field] = value
    usage = source.get("holysheep", {}).get("usage", {})
    found |= {TOOLS + name: count for name, count in usage.get("tools", {}).items()}
    return found | {UNITS + name: number for name, number in usage.get("units", {}).items()}


def amount(text: str) -> int | float:
    """A number of units as the filter had it: documents hold its text. An integer, or a double with all its digits."""
    return int(text) if text.isdecimal() else float(text)


def call(document: Mapping[str, Any], *, at_ms: int | None = None, model: str | None = None) -> Call:
    """The call of a document by field; at another time and with another model where they are given."""
    parts = {part: document.get(field) for part, field in FIELDS.items()}
    if model is not None:
        parts |= {"model": model, "response_model": None}
    tools = {name[len(TOOLS) :]: int(value) for name, value in document.items() if name.startswith(TOOLS)}
    units = {name[len(UNITS) :]: amount(value) for name, value in document.items() if name.startswith(UNITS)}
    return Call(
        at_ms=document["@timestamp"] if at_ms is None else at_ms,
        failed=document.get(OUTCOME) == "failure",
        tools=tools or None,
        units=units or None,
        **parts,
    )
