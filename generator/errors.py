"""Errors for people: the command line prints them without a traceback."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Final

_SHOWN: Final = 60
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)


class UserError(Exception):
    """A mistake that the user can correct.

    `what` says what is wrong. `where` names the place, such as `pricing.yaml:12`. `hint` says what to write or to try
    instead. The command line prints `where: what, hint` and exits with code 2.
    """

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    @property
    def each(self) -> list[UserError]:
        """The mistakes one by one: this one, or those of UserErrors."""
        return [self]

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f", {self.hint}" if self.hint else ""
        return f"{place}{self.what}{hint}"


class UserErrors(UserError):  # noqa: N818  # several of them
    """Several mistakes, printed as one line each."""

    def __init__(self, errors: list[UserError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors

    @property
    def each(self) -> list[UserError]:
        """The mistakes one by one."""
        return self.errors


def show(value: object) -> str:
    """A value as error messages quote it: on one line, in ASCII, and cut after 60 characters."""
    plain = isinstance(value, Decimal) or (isinstance(value, str) and _NUMBER.fullmatch(value))
    text = str(value) if plain else json.dumps(value, default=str)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
