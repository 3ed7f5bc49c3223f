"""Who may do what, `roles.yaml`, as typed data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from generator import yamltext
from generator.errors import UserError
from generator.explain import together, validate
from generator.registry.fields import INDICES
from generator.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH: Final = Path(__file__).parent / "roles.yaml"
#: Every kind, those that come later too.
ALL: Final = "all"
#: The indices in which ElastAlert keeps its state; they are no kind of documents.
ALERT_STATE: Final = "alert_state"


class Right(Strict):
    """Elasticsearch's index privileges, and the word for them in docs/roles.md."""

    privileges: Annotated[tuple[str, ...], Field(min_length=1)]
    word: str


class Grant(Strict):
    """A right on some kinds of indices."""

    kinds: tuple[str, ...] | Literal["all"]
    right: str


class Role(Strict):
    """A role: who has it, its cluster privileges, its privilege in Kibana, and its rights on indices."""

    who: str
    cluster: tuple[str, ...] = ()
    kibana: Literal["space_read", "space_all"] | None = None
    grants: Annotated[tuple[Grant, ...], Field(min_length=1)]


class Roles(Strict):
    """The whole file."""

    rights: dict[str, Right]
    kinds: dict[str, str]
    roles: dict[Annotated[str, Field(pattern=r"^holysheep_[a-z]+$")], Role]

    def words(self, role: Role, kind: str) -> str:
        """What a role may do with a kind, in the words of the table; empty for nothing."""
        words = [self.rights[item.right].word for item in role.grants if item.kinds == ALL or kind in item.kinds]
        return ", ".join(dict.fromkeys(", ".join(words).split(", "))) if words else ""


def load(path: Path = PATH) -> Roles:
    """Read the file. UserError (UserErrors when several) names each wrong line."""
    document = yamltext.read(path)
    roles = validate(Roles, document)
    if problems := list(_problems(roles, document)):
        raise together(problems)
    return roles


def _problems(roles: Roles, document: yamltext.Document) -> Iterator[UserError]:
    for index in INDICES:
        if index not in roles.kinds:
            what = f"the kind {index!r} of fields.yaml is missing"
            yield UserError(what, where=document.where(("kinds",)), hint="add it, and decide which roles may use it")
    for name, role in roles.roles.items():
        for number, grant in enumerate(role.grants):
            place = ("roles", name, "grants", number)
            if grant.right not in roles.rights:
                yield UserError(f"there is no right {grant.right!r}", where=document.where((*place, "right")))
            for kind in () if grant.kinds == ALL else grant.kinds:
                if kind not in roles.kinds and kind != ALERT_STATE:
                    yield UserError(f"there is no kind {kind!r}", where=document.where((*place, "kinds")))
