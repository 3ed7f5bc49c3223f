"""By what a report is split: the names that a person types, and the fields that stand for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from runner.answers.sums import equals

Json = dict[str, Any]
#: Shown for calls that lack what the report is split by.
NONE: Final = "(none)"


@dataclass(frozen=True)
class Dimension:
    """Fields, of which the first that a call has is its name: a model without a price goes by its name in the log."""

    title: str
    fields: tuple[str, ...]
    #: Added to a name that is not that of the first field.
    otherwise: str = ""

    def label(self, key: tuple[Any, ...]) -> str:
        """The name of a group, for people."""
        if key[0] is not None:
            return str(key[0])
        instead = next((str(value) for value in key[1:] if value is not None), None)
        return f"{instead}{self.otherwise}" if instead else NONE

    def collapsed(self, key: tuple[Any, ...]) -> tuple[Any, ...]:
        """The key without the fields that don't matter, since an earlier one has a value."""
        return (key[0], *[None] * (len(key) - 1)) if key[0] is not None else key

    def queries(self, key: tuple[Any, ...]) -> list[Json]:
        """The queries for one collapsed key."""
        if key[0] is not None:
            return [equals(self.fields[0], key[0])]
        return [equals(name, value) for name, value in zip(self.fields, key, strict=True)]


DIMENSIONS: Final[dict[str, Dimension]] = {
    "model": Dimension("Model", ("holysheep.price.model", "gen_ai.request.model"), " (no price)"),
    "family": Dimension("Family", ("holysheep.model.family",)),
    "provider": Dimension("Provider", ("gen_ai.provider.name",)),
    "team": Dimension("Team", ("labels.team",)),
    "user": Dimension("User", ("user.id",)),
    # A gateway's own name of a key, else its hash; never the key.
    "key": Dimension("Key", ("labels.api_key", "holysheep.metadata.user_api_key_hash")),
    "service": Dimension("Service", ("service.name",)),
    "session": Dimension("Session", ("gen_ai.conversation.id",)),
    "agent": Dimension("Agent", ("gen_ai.agent.id",)),
    "environment": Dimension("Environment", ("service.environment",)),
    "source": Dimension("Source", ("holysheep.source",)),
    "tier": Dimension("Service tier", ("holysheep.service_tier",)),
}
