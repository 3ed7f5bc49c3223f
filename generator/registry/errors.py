"""The error rules, `errors.yaml`: how the filter classifies a failed call, loaded and checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from generator import yamltext
from generator.errors import UserError
from generator.explain import near, together, validate
from generator.registry import learned
from generator.registry.phrases import compile_phrase, is_ascii
from generator.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH: Final = Path(__file__).parent / "errors.yaml"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
Words = tuple[Annotated[str, Field(min_length=1)], ...]


class ErrorType(Strict):
    """One value of `error.type`, and the words by which an error text is recognised as this type."""

    name: Name
    text: Words = ()


class Category(Strict):
    """One value of `holysheep.error.category`.

    `statuses` and `types` decide the category of an error whose text fits no rule. `suggestion` says what to do about
    such an error; a rule can have a suggestion of its own.
    """

    name: Name
    statuses: tuple[Annotated[int, Field(ge=100, le=599)], ...]
    types: tuple[Name, ...]
    suggestion: Annotated[str, Field(min_length=1)]


class Rule(Strict):
    """Phrases of error texts that mean one category; registry/phrases.py says what a phrase is.

    A `weak` rule counts only where the HTTP status says nothing of the category.
    """

    name: Name
    category: Name
    suggestion: Annotated[str, Field(min_length=1)] | None = None
    weak: bool = False
    text: Annotated[Words, Field(min_length=1)]


class ErrorRules(Strict):
    """All of errors.yaml."""

    status: dict[Annotated[str, Field(pattern=r"^[1-5]\d\d$")], Name]
    types: Annotated[tuple[ErrorType, ...], Field(min_length=1)]
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    rules: tuple[Rule, ...]


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
    errors += [*_unknown_categories(rules, document), *_unusable_phrases(rules, document)]
    if errors:
        raise together(errors)
    return rules


def _unknown_categories(rules: ErrorRules, document: yamltext.Document) -> Iterator[UserError]:
    known = [category.name for category in rules.categories]
    for number, rule in enumerate(rules.rules):
        if rule.category not in known:
            where = document.where(("rules", number, "category"))
            yield UserError(f"no category is named {rule.category!r}", where=where, hint=near(rule.category, known))


def _unusable_phrases(rules: ErrorRules, document: yamltext.Document) -> Iterator[UserError]:
    for number, rule in enumerate(rules.rules):
        for place, phrase in enumerate(rule.text):
            try:
                compile_phrase(phrase)
            except UserError as error:
                where = document.where(("rules", number, "text", place))
                yield UserError(error.what, where=where, hint=error.hint)


def error_rules() -> dict[str, Any]:
    """The part of rules.json that is about errors, its phrases compiled."""
    rules = load_errors()
    suggestions = {category.name: category.suggestion for category in rules.categories}
    dumped = rules.model_dump(mode="json", exclude_defaults=True)
    accepted = [rule for rule in learned.load(learned.PATH, suggestions).values() if rule.state == "accepted"]
    first = [part for part in map(learned.compiled, accepted) if part]
    return dumped | {"rules": first + [_compile(rule, suggestions) for rule in rules.rules]}


def _compile(rule: Rule, suggestions: dict[str, str]) -> dict[str, Any]:
    """`words` for texts that are cut into words, `wide` for texts without spaces."""
    return {
        "category": rule.category,
        "suggestion": rule.suggestion or suggestions[rule.category],
        **({"weak": True} if rule.weak else {}),
        "words": [compile_phrase(phrase) for phrase in rule.text if is_ascii(phrase)],
        "wide": [compile_phrase(phrase) for phrase in rule.text if not is_ascii(phrase)],
    }
