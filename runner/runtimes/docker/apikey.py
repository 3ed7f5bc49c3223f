"""API keys for an existing cluster: makes one that has the rights of one role only."""

from __future__ import annotations

import json
import secrets
import socket
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError

from generator.errors import UserError
from generator.files import read_json
from generator.paths import ROOT
from runner.cluster.reasons import reason_of

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

WRITER: Final = "holysheep_writer"
#: Role → who uses its key, and the file of the key.
USED_BY: Final = {
    WRITER: ("Logstash", "writer_api_key"),
    "holysheep_alerter": ("ElastAlert", "alerter_api_key"),
    "holysheep_reader": ("report", "reader_api_key"),
    "holysheep_rollup": ("rollup", "rollup_api_key"),
    "holysheep_sealer": ("seal", "sealer_api_key"),
}
#: Overlay → the role of the key that it needs with an existing cluster.
OVERLAYS: Final = {
    "alerts": "holysheep_alerter",
    "report": "holysheep_reader",
    "rollup": "holysheep_rollup",
    "seal": "holysheep_sealer",
}
#: The user that owns the keys, since an API key can't make another key that has rights. Nobody knows the user's
#: password: each run sets a new one and forgets it. Earlier keys stay valid.
OWNER: Final = "holysheep_key_owner"
ROLES: Final = ROOT / "elasticsearch" / "roles"
ROLE_FILE: Final = ROLES / f"{WRITER}.json"
#: Rights that the writer's key does not need; a key that has one of them is reported.
TOO_MUCH: Final = ("read", "delete", "write", "manage")


def descriptor(role: str = WRITER) -> dict[str, Any]:
    """The role descriptor of a key: the rights of the rendered role."""
    body = read_json(ROLES / f"{role}.json", "run `make render`")
    return {"cluster": body["cluster"], "indices": body["indices"]}


def request(role: str = WRITER) -> str:
    """The request for Kibana's Dev Tools by which somebody with more rights can make the key of a role."""
    body = {"name": _name(role), "role_descriptors": {role: descriptor(role)}}
    return f"POST /_security/api_key\n{json.dumps(body, indent=2)}"


def make(es: Elasticsearch, role: str = WRITER) -> str:
    """Make a key `id:api_key` that has the rights of a role, and no other right.

    The key is granted to the user OWNER, who has the roles of all keys. Raises UserError when the cluster refuses, with
    the request that somebody with more rights can send.
    """
    password = secrets.token_urlsafe(32)
    try:
        es.security.put_user(
            username=OWNER,
            password=password,
            roles=list(USED_BY),
            full_name="holysheep-elk: owns the API keys of its services; nobody knows its password",
        )
        made = es.security.grant_api_key(
            grant_type="password",
            username=OWNER,
            password=password,
            api_key={"name": _name(role), "role_descriptors": {role: descriptor(role)}},
        )
    except ApiError as error:
        user, file = USED_BY[role]
        raise UserError(
            f"the admin key may not make the key for {user}: {reason_of(error)}",
            where="Elasticsearch",
            hint="let somebody paste this into Kibana's Dev Tools, and write the answer's `encoded` to the file "
            f"{file} beside the other secrets:\n{request(role)}",
        ) from error
    return f"{made['id']}:{made['api_key']}"


def rights(es: Elasticsearch, prefix: str) -> tuple[list[str], list[str]]:
    """(missing rights, needless rights) of the key that `es` uses."""
    index = f"{prefix}-api-2026.01.01"
    wanted = ("create_doc", "auto_configure")
    answer = es.security.has_privileges(
        cluster=["monitor"], index=[{"names": [index], "privileges": [*wanted, *TOO_MUCH]}]
    )
    granted = {**answer["index"][index], **answer["cluster"]}
    missing = [name for name in ("monitor", *wanted) if not granted[name]]
    return missing, [name for name in TOO_MUCH if granted[name]]


def _name(role: str) -> str:
    return f"holysheep-elk {USED_BY[role][0]} on {socket.gethostname()}"
