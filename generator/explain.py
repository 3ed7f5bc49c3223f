"""Pydantic's errors as sentences with `file:line`, for every YAML of the bundle."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from generator.errors import UserError, UserErrors, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from generator.yamltext import Document, Place, Step

M = TypeVar("M", bound=BaseModel)

#: Errors beyond this number are only counted.
MAX_ERRORS: Final = 25
_SHOWN: Final = 60
_SHAPES: Final = {
    "model_type": ("is not a mapping", "write `key: value` lines below it"),
    "model_attributes_type": ("is not a mapping", "write `key: value` lines below it"),
    "dict_type": ("is not a mapping", "write `name: value` lines below it"),
    "tuple_type": ("is not a list", "write one `- …` line for each item, or leave the key out"),
    "string_type": ("is not text", "put it between quotes"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "bool_parsing": ("is neither true nor false", "write true or false"),
}


def validate(model: type[M], document: Document, *, whole: str = "the file", see: str = "see docs/") -> M:
    """The data of a document as a model.

    `whole` is the name of the file in error messages. `see` is the hint for mistakes that have no hint of their own.
    Raises UserError, or UserErrors for several mistakes, with the line of each.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        # A list whose items are all wrong is also "too short" to pydantic.
        details = [
            detail for detail in error.errors(include_url=False) if detail["type"] != "too_short" or not detail["input"]
        ]
        explained = _Explain(model, document, whole, see)
        raise together([explained.sentence(detail) for detail in details]) from None


def together(errors: list[UserError]) -> UserError:
    """Several mistakes as one error, in the order of their lines. A single mistake is returned as it is."""
    errors.sort(key=lambda error: _line(error.where))
    if len(errors) > MAX_ERRORS:
        more = len(errors) - MAX_ERRORS
        errors = [*errors[:MAX_ERRORS], UserError(f"and {more} more mistakes", hint="correct these first")]
    return errors[0] if len(errors) == 1 else UserErrors(errors)


def near(word: str, known: list[str]) -> str:
    """The hint for an unknown word: the known word that is similar, else all known words."""
    matches = difflib.get_close_matches(word, known, 1)
    return f"did you mean {matches[0]}?" if matches else f"known here are {', '.join(known)}"


def _line(where: str | None) -> int:
    line = (where or "").rpartition(":")[2]
    return int(line) if line.isdigit() else 0


class _Explain:
    """Turns pydantic's errors about one document into sentences."""

    def __init__(self, model: type[BaseModel], document: Document, whole: str, see: str) -> None:
        self._model = model
        self._document = document
        self._whole = whole
        self._see = see

    def sentence(self, detail: ErrorDetails) -> UserError:
        """The sentence for one of pydantic's errors."""
        place = self._place(detail)
        what, hint = self._words(detail, place)
        return UserError(what, where=self._document.where(place), hint=hint)

    def _words(self, detail: ErrorDetails, place: Place) -> tuple[str, str]:
        """What is wrong, and what to write instead."""
        label = self._label(place)
        context: dict[str, Any] = detail.get("ctx", {})
        words: tuple[str, str]
        match detail["type"]:
            case "card":
                words = f"{label}: {context['what']}", context["hint"]
            case "extra_forbidden":
                words = f"unknown key {show(place[-1])}", self._known(place)
            case "missing":
                words = f"{self._label(place[:-1])} has no {show(place[-1])}", f"write `{place[-1]}: …`"
            case "too_short":
                words = f"{label} is empty", "write at least one item"
            case "union_tag_invalid" | "union_tag_not_found":
                words = "the kind is not known", f"write `kind:` {context.get('expected_tags', '')}".rstrip()
            case kind if kind in _SHAPES:
                words = f"{label} {_SHAPES[kind][0]}: {show(detail['input'])}", _SHAPES[kind][1]
            case _:
                words = f"{label}: {detail['msg']}: {show(detail['input'])}", self._see
        return words

    def _place(self, detail: ErrorDetails) -> Place:
        """The place of a mistake in the file: pydantic's path without union tags and `[key]`, which no file has."""
        data: Any = self._document.data
        steps = detail["loc"]
        place: list[Step] = []
        for number, step in enumerate(steps):
            inside = (isinstance(data, dict) and step in data) or (
                isinstance(data, list) and isinstance(step, int) and step < len(data)
            )
            if inside:
                data = data[step]
            elif number < len(steps) - 1 or detail["type"] != "missing":
                continue
            place.append(step)
        return tuple(place)

    def _label(self, place: Place) -> str:
        """The name of a place in an error message: `input`, `item 2 of aliases`, `the card`."""
        if not place:
            return self._whole
        if isinstance(place[-1], int):
            return f"item {place[-1] + 1} of {self._label(place[:-1])}"
        text = str(place[-1])
        return text if len(text) <= _SHOWN else show(text)

    def _known(self, place: Place) -> str:
        """The hint for an unknown key: a known key that is similar, or all known keys."""
        word = str(place[-1])
        if word.isdigit():
            return "write a decimal point, not a comma"
        parts = list(self._parts(place[:-1]))
        keys = [field.alias or name for part in parts for name, field in part.model_fields.items()]
        return near(word, list(dict.fromkeys(keys)))

    def _parts(self, place: Place) -> Iterator[type[BaseModel]]:
        """The models of the value at a place: one, or several for a union."""
        models: list[type[BaseModel]] = [self._model]
        for step in place:
            if not isinstance(step, str):
                continue
            inner = [
                part
                for model in models
                for name, field in model.model_fields.items()
                if step == (field.alias or name)
                for part in _models(field.annotation)
            ]
            models = inner or models
        yield from models


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - what pydantic keeps of an annotation
    """The models within an annotation, such as Model in tuple[Model, ...]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)
