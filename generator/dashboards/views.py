"""The shape of generator/registry/data_views.yaml: what Kibana calls the indices and their fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from generator.dashboards.parts import Part, Slug, Text


class RuntimeField(Part):
    """A field that is computed when it is asked for."""

    name: Text
    type: Literal["keyword", "long", "double", "boolean"]
    unit: Text | None = None
    script: Text | None = None
    """Painless. Without it the value is that of the document's own text, as for a field that is only stored."""
    meaning: Text

    def spec(self) -> dict[str, Any]:
        """The field as Elasticsearch and Kibana's data views take it."""
        return {"type": self.type} | ({"script": {"source": self.script}} if self.script else {})


class View(Part):
    """A data view of Kibana's over some of the indices."""

    name: Slug
    title: Text
    indices: Annotated[tuple[Text, ...], Field(min_length=1)]
    runtime: tuple[RuntimeField, ...] = ()


class Views(Part):
    """generator/registry/data_views.yaml."""

    labels: dict[str, Text] = Field(default_factory=dict)
    """What a field is called in Kibana and in the report, by its name."""
    views: Annotated[tuple[View, ...], Field(min_length=1)]
