"""A request that was refused for want of rights: which role of the bundle would do. Reads elasticsearch/roles."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from generator.files import read_json
from generator.paths import ROOT

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

Json = dict[str, Any]
PAGE: Final = "docs/roles.md"
#: Roles of services: their passwords are secret files.
SERVICES: Final = ("holysheep_writer", "holysheep_alerter")
_USER: Final = re.compile(r"unauthorized for (?:user|API key id) \[([^\]]*)\](?: with effective roles \[([^\]]*)\])?")
_INDICES: Final = re.compile(r" on indices \[([^\]]*)\]")
_GRANTED: Final = re.compile(r"granted by the (index|cluster) privileges \[([^\]]*)\]")


@cache
def roles() -> dict[str, Json]:
    """The rendered roles by name."""
    return {
        path.stem: read_json(path, "run `make render`")
        for path in sorted((ROOT / "elasticsearch" / "roles").glob("*.json"))
    }


def people_roles() -> dict[str, Json]:
    """The roles that a person can have."""
    return {name: role for name, role in roles().items() if name not in SERVICES}


def advice(reason: str) -> str:
    """Who was refused, and which roles may do it, from Elasticsearch's reason; empty when the reason says neither.

    The reason reads: action [A] is unauthorized for user [U] with effective roles [R] on indices [I], this action is
    granted by the index privileges [P,…].
    """
    user, granted = _USER.search(reason), _GRANTED.search(reason)
    if not user or not granted:
        return ""
    has = user[2] or "none"
    indices = _INDICES.search(reason)
    names = indices[1].split(",") if indices else []
    fitting = [name for name, role in people_roles().items() if _fits(role, granted[1], granted[2].split(","), names)]
    needed = f"{', '.join(fitting)} may do this" if fitting else "only an administrator may do this"
    return f"{user[1]} has the role {has}; {needed}: {PAGE}"


def require(es: Elasticsearch, role: str) -> None:
    """UserError when the user of `es` has not all rights of a role.

    A search over all indices silently leaves out those that the user may not read, so that it would find too little.
    """
    wanted = roles()[role]
    answer = es.security.has_privileges(cluster=wanted["cluster"], index=wanted["indices"])
    if answer["has_all_requested"]:
        return
    lacking = [f"{right} on {index}" for index, has in answer["index"].items() for right in has if not has[right]]
    lacking += [right for right, has in answer["cluster"].items() if not has]
    raise UserError(
        f"the user {answer['username']} lacks the role {role}: {len(lacking)} of its rights are missing, such as "
        f"{lacking[0]}",
        where="Elasticsearch",
        hint=f"let an administrator give it: {PAGE}",
    )


def _fits(role: Json, level: str, granted: list[str], indices: list[str]) -> bool:
    if level == "cluster":
        return bool(set(granted) & set(role["cluster"]))
    return bool(indices) and all(
        any(
            set(granted) & set(item["privileges"]) and any(fnmatchcase(index, name) for name in item["names"])
            for item in role["indices"]
        )
        for index in indices
    )
