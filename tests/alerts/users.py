"""Users with the alerter's role, in the files of a running node: it reads them every five seconds."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from elasticsearch import AuthenticationException

from runner.runtimes.embedded import secret

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from tests.integration.node import Node


def add(node: Node, es: Elasticsearch, roles: dict[str, dict[str, Any]], password: str) -> None:
    """A user and a role of the same name for each; returns when all can search."""
    lines = {
        "roles.yml": "".join(f"{name}:\n  {json.dumps(body)}\n" for name, body in roles.items()),
        "users": "".join(f"{name}:{secret.hashed(password)}\n" for name in roles),
        "users_roles": "".join(f"{name}:{name}\n" for name in roles),
    }
    for name, text in lines.items():
        with (node.layout.config / name).open("a") as file:
            file.write(text)
    deadline = time.monotonic() + 30
    for name in roles:
        while not _may_monitor(es.options(basic_auth=(name, password))):
            assert time.monotonic() < deadline, f"{name} has no rights yet"
            time.sleep(0.5)


def _may_monitor(es: Elasticsearch) -> bool:
    try:
        return bool(es.security.has_privileges(cluster=["monitor"])["has_all_requested"])
    except AuthenticationException:
        return False
