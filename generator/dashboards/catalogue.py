"""The data views, their fields, and the aggregations that work on each type of field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.dashboards import load
from generator.dashboards.formats import BY_UNIT
from generator.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from generator.dashboards.settings import Settings
    from generator.dashboards.views import RuntimeField
    from generator.registry.fields import Fields

NUMBERS: Final = frozenset({"long", "integer", "short", "byte", "double", "float", "half_float", "scaled_float"})
_TERMS: Final = frozenset({"keyword", "constant_keyword", "ip", "boolean"}) | NUMBERS
_TEXT: Final = frozenset({"text", "match_only_text"})
#: Types that each call of a formula takes.
FITS: Final[dict[str, frozenset[str]]] = {
    "sum": NUMBERS,
    "average": NUMBERS,
    "percentile": NUMBERS,
    "min": NUMBERS | {"date"},
    "max": NUMBERS | {"date"},
    "unique_count": _TERMS | {"date"},
    "terms": _TERMS,
    "options": _TERMS - NUMBERS,
    "range": NUMBERS,
}


@dataclass(frozen=True)
class FieldInfo:
    """A field as a data view has it."""

    name: str
    type: str
    unit: str | None
    #: False when Elasticsearch only stores it: no aggregation and no filter works on it.
    usable: bool
    runtime: RuntimeField | None = None

    def fits(self, call: str) -> bool:
        """Whether an aggregation (or `kql`, or a control) works on it."""
        if call == "kql":
            return self.usable or self.type in _TEXT
        return self.usable and self.type in FITS[call]

    @property
    def lens_type(self) -> str:
        """Lens' dataType of it."""
        if self.type in NUMBERS:
            return "number"
        return self.type if self.type in ("date", "boolean", "ip") else "string"

    @property
    def format(self) -> str | None:
        """The format of its unit."""
        return BY_UNIT.get(self.unit or "")


@dataclass(frozen=True)
class ViewInfo:
    """A data view: its indices and its fields."""

    name: str
    title: str
    pattern: str
    fields: dict[str, FieldInfo]

    @property
    def runtime(self) -> list[RuntimeField]:
        """The fields that are computed when they are asked for."""
        return [field.runtime for field in self.fields.values() if field.runtime]


@dataclass(frozen=True)
class Catalogue:
    """All data views, and the labels and colours of fields."""

    views: dict[str, ViewInfo]
    labels: dict[str, str]
    colors: dict[str, dict[str, str]] = field(default_factory=dict)
    """By field, the colour of each value that has one."""

    def label(self, field: str) -> str:
        """What a field is called; its own name when nobody gave it another."""
        return self.labels.get(field, field)


def build(fields: dict[str, dict[str, FieldInfo]], views_file: Path, settings: Settings) -> Catalogue:
    """The catalogue over the fields of each index. UserError when a view names an index or field that is not there."""
    model, document = load.views(views_file)
    views: dict[str, ViewInfo] = {}
    for number, view in enumerate(model.views):
        merged: dict[str, FieldInfo] = {}
        for place, index in enumerate(view.indices):
            if index not in fields:
                known = ", ".join(sorted(fields))
                where = document.where(("views", number, "indices", place))
                raise UserError(f"there is no index {index!r}", where=where, hint=f"write one of {known}")
            merged = {**fields[index], **merged}
        for runtime_field in view.runtime:
            script = runtime_field.script and runtime_field.script.replace("{timezone}", settings.zone.key)
            runtime = runtime_field.model_copy(update={"script": script})
            merged[runtime.name] = FieldInfo(runtime.name, runtime.type, runtime.unit, usable=True, runtime=runtime)
        pattern = ",".join(f"{settings.prefix}-{index}-*" for index in view.indices)
        views[view.name] = ViewInfo(view.name, view.title, pattern, merged)
    for name in model.labels:
        if not any(name in view.fields for view in views.values()):
            raise UserError(f"there is no field {name!r}", where=document.where(("labels", name)))
    return Catalogue(views, dict(model.labels))


def fields_of(fields: Fields) -> dict[str, dict[str, FieldInfo]]:
    """The fields of each index in fields.yaml."""
    return {
        index: {
            field.name: FieldInfo(
                field.name,
                field.type,
                field.unit,
                usable=not field.stored_only and field.type not in _TEXT | {"flattened"},
            )
            for field in fields.of(index)
        }
        for index in fields.indices
    }
