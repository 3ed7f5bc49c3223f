"""From pricing.yaml to a `Card`, or to all that is wrong with it, each with its line."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from generator.card import checks, yamltext
from generator.card.model import Card
from generator.card.scalars import show
from generator.errors import UserError, UserErrors

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from generator.card.yamltext import Document, Place

#: More lines than this help nobody.
MAX_ERRORS: Final = 25
_SHAPES: Final = {
    "model_type": ("is not a mapping", "write `key: value` lines below it"),
    "model_attributes_type": ("is not a mapping", "write `key: value` lines below it"),
    "dict_type": ("is not a mapping", "write `name: number` lines below it"),
    "tuple_type": ("is not a list", "write one `- …` line for each item, or leave the key out"),
    "string_type": ("is not text", "put it between quotes"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "bool_parsing": ("is neither true nor false", "write true or false"),
}


def load(path: Path) -> Card:
    """The card in a file. UserError (UserErrors when several) that names each wrong line."""
    return from_document(yamltext.read(path))


def parse(text: str, name: str = "pricing.yaml") -> Card:
    """The card in a text."""
    return from_document(yamltext.parse(text, name))


def build(data: object) -> Card:
    """The card in plain data, as tests and importers have it; the same checks, without lines."""
    return from_document(yamltext.Document("pricing.yaml", "", data))


def from_document(document: Document) -> Card:
    """The card in a YAML document that is already read."""
    try:
        card = Card.model_validate(document.data)
    except ValidationError as error:
        # A list whose items are all wrong is also "too short" to pydantic.
        details = [one for one in error.errors(include_url=False) if one["type"] != "too_short" or not one["input"]]
        raise _together([_explain(detail, document) for detail in details]) from None
    if problems := checks.check(card, document.where):
        raise _together([UserError(what, where=document.where(place), hint=hint) for place, what, hint in problems])
    return card


def _together(errors: list[UserError]) -> UserError:
    errors.sort(key=lambda error: int((error.where or ":0").rpartition(":")[2]))
    if len(errors) > MAX_ERRORS:
        rest = len(errors) - MAX_ERRORS
        errors = [*errors[:MAX_ERRORS], UserError(f"and {rest} more mistakes", hint="correct these first")]
    return errors[0] if len(errors) == 1 else UserErrors(errors)


def _explain(detail: ErrorDetails, document: Document) -> UserError:
    """One mistake in pydantic's terms as a sentence of ours."""
    kind = detail["type"]
    # Pydantic marks the key of a mapping with "[key]"; the place is the entry's.
    place: Place = tuple(step for step in detail["loc"] if step != "[key]")
    label = _label(place)
    where = document.where(place)
    if kind == "card":
        context: dict[str, Any] = detail["ctx"]
        return UserError(f"{label}: {context['what']}", where=where, hint=context["hint"])
    if kind == "extra_forbidden":
        return UserError(f"unknown key {show(place[-1])}", where=where, hint=_known(place))
    if kind == "missing":
        within = _label(place[:-1])
        return UserError(f"{within} has no {show(place[-1])}", where=where, hint=f"write `{place[-1]}: …`")
    if kind == "too_short":
        return UserError(f"{label} is empty", where=where, hint="write at least one item")
    what, hint = _SHAPES.get(kind, (detail["msg"], "see pricing.schema.json"))
    return UserError(f"{label} {what}: {show(detail['input'])}", where=where, hint=hint)


def _label(place: Place) -> str:
    """A place as a person would say it: `input`, `aliases[2]`, `the card`."""
    if not place:
        return "the card"
    if isinstance(place[-1], int):
        return f"item {place[-1] + 1} of {_label(place[:-1])}"
    return str(place[-1]) if len(str(place[-1])) <= 60 else show(place[-1])  # noqa: PLR2004 - as long as show() shows


def _known(place: Place) -> str:
    """What could have been meant by an unknown key."""
    if str(place[-1]).isdigit():
        return "write a decimal point, not a comma"
    part: Any = Card
    for step in place[:-1]:
        if isinstance(step, str):
            part = _part(part.model_fields[step].annotation) if step in part.model_fields else part
    keys = [field.alias or name for name, field in part.model_fields.items()]
    near = difflib.get_close_matches(str(place[-1]), keys, 1)
    return f"did you mean {near[0]}?" if near else f"known here are {', '.join(keys)}"


def _part(annotation: Any) -> type[BaseModel]:  # noqa: ANN401 - what pydantic keeps of an annotation
    """The part of the card that an annotation is about, such as Model in tuple[Model, ...]."""
    for inner in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return Card
