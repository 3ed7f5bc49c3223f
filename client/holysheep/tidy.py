"""A record that can't be written as it was given: what is of a wrong kind is read as it is meant, or left out."""

from __future__ import annotations

from typing import Any, Final

from holysheep import usage
from holysheep.surroundings import Context

_WHOLE: Final = (
    "status_code", "input_tokens", "output_tokens", "total_tokens", "cached_tokens", "cache_write_tokens",
    "cache_write_1h_tokens", "reasoning_tokens",
)  # fmt: skip
_TIMES: Final = ("latency_ms", "time_to_first_token_ms")


def tidied(record: dict[str, Any]) -> dict[str, Any]:
    """The same call: numbers of texts, metadata as an object, and no context that is none."""
    tidy = dict(record)
    for name in _WHOLE:
        if (value := tidy.get(name)) is not None:
            tidy[name] = usage.whole(value)
    for name in _TIMES:
        if (value := tidy.get(name)) is not None:
            tidy[name] = _number(value)
    if not isinstance(metadata := tidy.get("metadata") or {}, dict):
        tidy["metadata"] = {"metadata": metadata}
    if not isinstance(context := tidy.get("context"), Context):
        tidy["context"] = None
        if isinstance(context, dict):
            tidy["metadata"] = {**(tidy.get("metadata") or {}), "context": context}
    return tidy


def _number(value: object) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]  # that is the question
    except (TypeError, ValueError):
        return None
