"""Users with roles of the bundle, in the files of a running node: it reads them every five seconds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from elasticsearch import AuthenticationException

from runner.runtimes.embedded import secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elasticsearch import Elasticsearch

    from tests.integration.node import Node

PASSWORD: Final = "of-a-test-user"  # noqa: S105 - of a node that the test removes
WAIT_S: Final = 30.0


def add(node: Node, roles: Sequence[str]) -> None:
    """A user `person-ROLE` for each role; returns when all are known. A user that is there already is kept."""
    users = node.layout.config / "users"
    known = users.read_text()
    new = [role for role in roles if f"\nperson-{role}:" not in known]
    with users.open("a") as file:
        file.write("".join(f"person-{role}:{secret.hashed(PASSWORD)}\n" for role in new))
    with (node.layout.config / "users_roles").open("a") as file:
        file.write("".join(f"{role}:person-{role}\n" for role in new))
    until = time.monotonic() + WAIT_S
    with node.client() as es:
        for role in roles:
            while not _knows(login(es, role), role):
                assert time.monotonic() < until, f"person-{role} is not known yet"
                time.sleep(0.5)


def login(es: Elasticsearch, role: str) -> Elasticsearch:
    """The same client with the rights of a role."""
    return es.options(basic_auth=(f"person-{role}", PASSWORD))


def _knows(es: Elasticsearch, role: str) -> bool:
    try:
        return bool(es.security.authenticate()["roles"] == [role])
    except AuthenticationException:
        return False
