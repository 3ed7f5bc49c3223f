"""People's users in Elasticsearch, each with roles of the bundle. Users of anybody else are left alone."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError, NotFoundError

from generator.errors import UserError
from runner.cluster.present import NO_API
from runner.cluster.reasons import reason_of
from runner.cluster.refused import people_roles, roles

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

Json = dict[str, Any]
PREFIX: Final = "holysheep_"
#: Marks a user that this module made.
OURS: Final = {"managed_by": "holysheep-elk", "person": True}
#: Roles that one person must not have together.
APART: Final = {"holysheep_eraser", "holysheep_sealer"}
NAME: Final = re.compile(r"[A-Za-z0-9_.@-]{1,128}")
#: What the embedded mode says where users are asked for.
KEEPS_NONE: Final = "this Elasticsearch keeps no users: the embedded mode has those of its services alone"


def role_names() -> list[str]:
    """The roles that a person can have, without their prefix."""
    return [name.removeprefix(PREFIX) for name in people_roles()]


def add(es: Elasticsearch, name: str, names: list[str]) -> str:
    """Make a user with roles, and return the new password. UserError when the name is taken or the roles don't go."""
    if not NAME.fullmatch(name):
        raise UserError(f"{name!r} can't be a user's name", hint="use letters, digits, and _ . @ -")
    wanted = sorted({PREFIX + role.removeprefix(PREFIX) for role in names})
    if unknown := [role for role in wanted if role.removeprefix(PREFIX) not in role_names()]:
        raise UserError(f"there is no role {unknown[0]}", hint=f"there are {', '.join(role_names())}")
    if set(wanted) >= APART:
        raise UserError(f"one person can't be {' and '.join(sorted(APART))}", hint="docs/roles.md says why")
    if _get(es, name) is not None:
        raise UserError(f"there is a user {name} already", hint="remove it first, or choose another name")
    password = secrets.token_urlsafe(18)
    _put(es, name, {"password": password, "roles": wanted, "full_name": name, "metadata": OURS})
    return password


def new_password(es: Elasticsearch, name: str) -> str:
    """Set a new random password, and return it."""
    user = _ours(es, name)
    password = secrets.token_urlsafe(18)
    _put(es, name, {"password": password, "roles": user["roles"], "full_name": name, "metadata": OURS})
    return password


def remove(es: Elasticsearch, name: str) -> None:
    """Remove a user that `add` made."""
    _ours(es, name)
    es.security.delete_user(username=name)


def listed(es: Elasticsearch) -> dict[str, list[str]]:
    """Users with a role of the bundle, and their roles; services too."""
    users = es.security.get_user().body
    return {name: user["roles"] for name, user in sorted(users.items()) if set(user["roles"]) & roles().keys()}


def _ours(es: Elasticsearch, name: str) -> Json:
    user = _get(es, name)
    if user is None:
        raise UserError(f"there is no user {name}", hint="`holysheep-elk user list` shows them")
    if not user["metadata"].get("person"):
        raise UserError(f"the user {name} was not made by `user add`", hint="change it where it was made")
    return user


def _get(es: Elasticsearch, name: str) -> Json | None:
    try:
        user: Json = es.security.get_user(username=name).body[name]
    except NotFoundError:
        return None
    return user


def _put(es: Elasticsearch, name: str, body: Json) -> None:
    try:
        es.security.put_user(username=name, **body)
    except ApiError as error:
        if NO_API.search(reason_of(error)):
            raise UserError(KEEPS_NONE, hint="start the containers, or use an existing cluster") from None
        raise
