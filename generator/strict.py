"""The base of every model that is read from a YAML file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Immutable; unknown keys are refused, since a misspelt key must not be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
