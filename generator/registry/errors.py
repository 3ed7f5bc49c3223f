"""The error rules, `errors.yaml`: how the filter classifies a failed call, loaded and checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from generator import yamltext
from generator.errors import UserError
from generator.explain import near, together, validate

PATH: Final = Path(__file__).parent / "errors.yaml"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
Words = tuple[Annotated[str, Field(min_length=1)], ...]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorType(_Part):
    """One value of `error.type`, and the words of an error text that mean it."""

    name: Name
    text: Words = ()


class Category(_Part):
    """One value of `holysheep.error.category`: the words and error types that mean it, and what to do about it."""

    name: Name
    text: Words = ()
    types: tuple[Name, ...]
    suggestion: Annotated[str, Field(min_length=1)]


class ErrorRules(_Part):
    """All of errors.yaml."""

    status: dict[Annotated[str, Field(pattern=r"^[1-5]\d\d$")], Name]
    types: Annotated[tuple[ErrorType, ...], Field(min_length=1)]
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]


@cache
def load_errors() -> ErrorRules:
    """The rules of the bundle. UserError names each wrong line."""
    return from_document(yamltext.read(PATH))


def from_document(document: yamltext.Document) -> ErrorRules:
    """The rules of a YAML document that is already read."""
    rules = validate(ErrorRules, document, see="see the head of errors.yaml")
    known = [kind.name for kind in rules.types]
    # `client_error` and `provider_server_error` stand for the other 4xx and 5xx.
    named: list[tuple[yamltext.Place, str]] = [(("status", status), name) for status, name in rules.status.items()]
    named += [
        (("categories", number, "types", place), name)
        for number, category in enumerate(rules.categories)
        for place, name in enumerate(category.types)
    ]
    errors = [
        UserError(f"no error type is named {name!r}", where=document.where(place), hint=near(name, known))
        for place, name in named
        if name not in known
    ]
    if errors:
        raise together(errors)
    return rules


def error_rules() -> dict[str, Any]:
    """The part of rules.json that is about errors."""
    return load_errors().model_dump(mode="json", exclude_defaults=True)
