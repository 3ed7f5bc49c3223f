"""The field list, `fields.yaml`, as typed data: what a document may hold, and how Elasticsearch keeps it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from generator import explain, yamltext
from generator.errors import UserError
from generator.strict import Strict

PATH: Final = Path(__file__).parent / "fields.yaml"

Index = Literal[
    "api",
    "errors",
    "audit",
    "usage",
    "access",
    "system",
    "rejected",
    "deadletter",
    "canary",
    "changes",
    "seals",
    "rollups",
    "daily",
    "erasures",
]
INDICES: Final[tuple[Index, ...]] = get_args(Index)
#: Kinds with one index a UTC year, which is named by the first of January; every other kind has one a UTC day.
YEARLY: Final[frozenset[Index]] = frozenset({"rollups", "daily"})

#: The types that Elasticsearch's core has. constant_keyword, match_only_text and scaled_float live in modules that the
#: embedded Elasticsearch comes without.
Type = Literal["boolean", "date", "double", "flattened", "float", "integer", "ip", "keyword", "long", "text"]

_NAME: Final = r"^@timestamp$|^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*$"


class FieldSpec(Strict):
    """One field of a document."""

    name: Annotated[str, Field(pattern=_NAME, max_length=128)]
    type: Type
    #: has an index of its own; without one a filter on the field reads its doc values, which is slower
    search: bool = False
    #: is in `_source` alone: can be read, not searched, sorted or summed
    stored_only: bool = False
    #: characters above which a keyword is kept in `_source` alone
    ignore_above: Annotated[int, Field(gt=0, le=8191)] | None = None
    unit: str | None = None
    origin: Literal["ECS", "OTel", "holysheep"]
    meaning: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> FieldSpec:
        if self.search and self.stored_only:
            raise PydanticCustomError("fields", "a stored_only field can't be searched")
        if self.ignore_above and self.type != "keyword":
            raise PydanticCustomError("fields", "only a keyword has ignore_above")
        return self


class Group(Strict):
    """Fields that go together: one component template."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    indices: Annotated[tuple[Index, ...], Field(alias="in", min_length=1)]
    fields: Annotated[tuple[FieldSpec, ...], Field(min_length=1)]


class Fields(Strict):
    """All groups, in the order of the file."""

    groups: Annotated[tuple[Group, ...], Field(min_length=1)]

    def groups_of(self, index: str) -> tuple[Group, ...]:
        """The groups that an index is composed of."""
        return tuple(group for group in self.groups if index in group.indices)

    def of(self, index: str) -> tuple[FieldSpec, ...]:
        """The fields of an index."""
        return tuple(field for group in self.groups_of(index) for field in group.fields)

    @cached_property
    def indices(self) -> tuple[Index, ...]:
        """The indices that have a group, in the order in which docs and tables list them."""
        return tuple(index for index in INDICES if self.groups_of(index))


def load(path: Path = PATH) -> Fields:
    """The fields of a file. UserError (UserErrors when several) names each wrong line."""
    return from_document(yamltext.read(path))


def from_document(document: yamltext.Document) -> Fields:
    """The fields of a YAML document that is already read."""
    fields = explain.validate(Fields, document, see="see the head of fields.yaml")
    if problems := [*_duplicates(fields, document), *_missing(fields, document)]:
        raise explain.together(problems)
    return fields


def _duplicates(fields: Fields, document: yamltext.Document) -> list[UserError]:
    """Fields that Elasticsearch would merge or refuse: the same name twice, or one that is both value and object."""
    errors: list[UserError] = []
    for index in fields.indices:
        groups_by_field: dict[str, str] = {}
        for number, group in enumerate(fields.groups):
            for place, field in enumerate(group.fields) if index in group.indices else ():
                where = document.where(("groups", number, "fields", place))
                if field.name in groups_by_field:
                    what = f"{field.name!r} is already a field of {index}, in group {groups_by_field[field.name]!r}"
                    errors.append(UserError(what, where=where))
                groups_by_field.setdefault(field.name, group.name)
        errors += [
            UserError(f"{name!r} can't be a value: {below!r} is below it in {index}", where=document.name)
            for name in groups_by_field
            for below in groups_by_field
            if below.startswith(f"{name}.")
        ]
    names = [group.name for group in fields.groups]
    errors += [
        UserError(f"there are two groups {name!r}", where=document.where(("groups", number)))
        for number, name in enumerate(names)
        if name in names[:number]
    ]
    errors += [
        UserError(f"a group can't be called {name!r}", where=document.where(("groups", number)))
        for number, name in enumerate(names)
        if name == "settings" or name.startswith("lifecycle")
    ]
    return errors


def _missing(fields: Fields, document: yamltext.Document) -> list[UserError]:
    """Every index needs what it is sorted and routed by."""
    return [
        UserError(f"{index} has no @timestamp", where=document.name, hint="put the index into a group that has it")
        for index in INDICES
        if "@timestamp" not in {field.name for field in fields.of(index)}
    ]
