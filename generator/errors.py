"""The one exception that a person is meant to read."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right.

    `what` says what is wrong, `where` the place (`pricing.yaml:12`), `hint` what to write or try
    instead. The command line prints `where: what, hint` without a traceback and exits with 2.
    """

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f", {self.hint}" if self.hint else ""
        return f"{place}{self.what}{hint}"


class UserErrors(UserError):  # noqa: N818  # several of them
    """Several mistakes found in one go, one line each."""

    def __init__(self, errors: list[UserError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors
