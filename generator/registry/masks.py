"""The table of masks, `masks.yaml`: read and checked. `mask_rules` makes expressions of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from generator import yamltext
from generator.explain import validate
from generator.registry import mask_forms
from generator.strict import Strict

PATH: Final = Path(__file__).parent / "masks.yaml"
Check = Literal[
    "card", "china", "cpf", "digit", "dni", "mod97", "phone", "rrn", "ssn", "token", "signed", "verhoeff",
    "password", "secret", "session", "bare", "likely",
]  # fmt: skip
Gate = Literal["always", "digits", "capital", "phone", "iban", "called"]


class _Part(Strict):
    match: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), alias="not")


class Key(_Part):
    """A vendor's key, as a form or as an expression. `hints`: texts of which one must occur for a match."""

    vendor: str
    mask: str = Field(default="API_KEY", pattern=r"^[A-Z_]{2,20}$")
    form: str | None = None
    expression: str | None = None
    hints: tuple[str, ...] = ()
    gate: Literal["always", "hex"] = "always"
    check: Check | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Key:
        if (self.form is None) == (self.expression is None):
            raise PydanticCustomError("masks", "a key has either a form or an expression")
        if self.expression is not None and not (self.hints and self.match):
            raise PydanticCustomError("masks", "an expression needs hints and an example under match")
        if self.form is not None:
            mask_forms.check(self.form)
        return self


class Named(_Part):
    """Names of secrets such as `password`, and the check that decides whether the value behind a name is a secret."""

    names: tuple[str, ...] = Field(min_length=1)
    value: Literal["password", "secret", "session", "bare", "likely"]


class Pattern(_Part):
    """A regular expression with its mask."""

    mask: str = Field(pattern=r"^[A-Z_]{2,20}$")
    expression: str
    hints: tuple[str, ...] = ()
    gate: Gate = "always"
    check: Check | None = None


class SecretNames(_Part):
    """Names of keys whose value is a secret: `always`, or where the value looks like a password (`likely`).

    Of whole numbers only those from `least` on are secrets. `match` and `not` are names.
    """

    always: str
    likely: str
    least: int = Field(ge=1)


class Table(Strict):
    """masks.yaml."""

    keys: tuple[Key, ...]
    named: tuple[Named, ...]
    secret_names: SecretNames
    patterns: tuple[Pattern, ...]


@cache
def load(path: Path = PATH) -> Table:
    """The table. UserError (UserErrors when several) names each wrong line."""
    return parse(yamltext.read(path))


def parse(document: yamltext.Document) -> Table:
    """The table of a document that is already read."""
    return validate(Table, document, see="see the head of masks.yaml and docs/privacy.md")
