"""What of a call stays when its person is erased and its cost is kept: figures and models, under a random name."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]
#: Kinds whose figures finance needs. Of all others nothing is kept; rollups name no person.
KINDS: Final = ("api", "errors", "usage")
#: Fields that tell nothing of a person, by whole name or by what they begin with. Any other field goes: ids of
#: requests, sessions and traces, addresses, error messages, metadata, texts.
KEPT: Final = (
    "@timestamp",
    "event.created",
    "event.outcome",
    "holysheep.source",
    "holysheep.time_bucket",
    "holysheep.service_tier",
    "holysheep.retry_count",
    "holysheep.model.",
    "holysheep.latency.",
    "holysheep.usage.",
    "holysheep.cost.",
    "holysheep.price.",
    "holysheep.error.category",
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.request.stream",
    "gen_ai.response.model",
    "gen_ai.response.finish_reasons",
    "gen_ai.usage.",
    "http.response.status_code",
    "error.type",
    "service.",
    "labels.team",
)


def name() -> str:
    """A random name for one erasure: its calls still belong together, and nobody can tell whose they were."""
    return f"erased-{secrets.token_hex(4)}"


def stripped(source: Mapping[str, Any], pseudonym: str) -> Json:
    """A document with the fields of KEPT alone, and the pseudonym for the user."""
    kept = _kept(source, "")
    return kept | {"user": {"id": pseudonym}}


def _kept(source: Mapping[str, Any], path: str) -> Json:
    result: Json = {}
    for key, value in source.items():
        place = f"{path}{key}"
        if any(place == item or (item.endswith(".") and place.startswith(item)) for item in KEPT):
            result[key] = value
        elif isinstance(value, dict) and (inner := _kept(value, f"{place}.")):
            result[key] = inner
    return result
