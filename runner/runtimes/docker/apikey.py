"""API keys for an existing cluster: reads them from files, and makes one that has the writer's rights only."""

from __future__ import annotations

import base64
import json
import secrets
import socket
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster.apply import reason_of

if TYPE_CHECKING:
    from pathlib import Path

    from elasticsearch import Elasticsearch

WRITER: Final = "holysheep_writer"
#: The user that owns the keys, since an API key can't make another key that has rights. Nobody knows the user's
#: password: each run sets a new one and forgets it. Earlier keys stay valid.
OWNER: Final = "holysheep_key_owner"
ROLE_FILE: Final = ROOT / "elasticsearch" / "roles" / f"{WRITER}.json"
#: Rights that the writer's key does not need; a key that has one of them is reported.
TOO_MUCH: Final = ("read", "delete", "write", "manage")


def read(path: Path) -> str | None:
    """The key in a file as `id:api_key`; None when there is no file.

    The file may have the Base64 form too, which Kibana shows. Raises UserError when it has neither form.
    """
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path)) from error
    if ":" not in text:
        try:
            text = base64.b64decode(text, validate=True).decode("ascii")
        except ValueError:
            text = ""
    ident, colon, key = text.partition(":")
    if not (ident and colon and key) or len(text.split()) != 1:
        raise UserError(
            "this is no API key", where=str(path), hint="write id:api_key, or the form that Kibana calls Encoded"
        )
    return text


def descriptor() -> dict[str, Any]:
    """The role descriptor of the writer's key: the rights of the rendered role."""
    role = json.loads(ROLE_FILE.read_text(encoding="utf-8"))
    return {"cluster": role["cluster"], "indices": role["indices"]}


def request() -> str:
    """The request for Kibana's Dev Tools by which somebody with more rights can make the writer's key."""
    body = {"name": _name(), "role_descriptors": {WRITER: descriptor()}}
    return f"POST /_security/api_key\n{json.dumps(body, indent=2)}"


def make(es: Elasticsearch) -> str:
    """Make a key `id:api_key` that can add documents to the bundle's indices, and has no other right.

    The key is granted to the user OWNER, who has the writer's role. Raises UserError when the cluster refuses, with the
    request that somebody with more rights can send.
    """
    password = secrets.token_urlsafe(32)
    try:
        es.security.put_user(
            username=OWNER,
            password=password,
            roles=[WRITER],
            full_name="holysheep-elk: owns the API keys of Logstash; nobody knows its password",
        )
        made = es.security.grant_api_key(
            grant_type="password",
            username=OWNER,
            password=password,
            api_key={"name": _name(), "role_descriptors": {WRITER: descriptor()}},
        )
    except ApiError as error:
        raise UserError(
            f"the admin key may not make the writer's key: {reason_of(error)}",
            where="Elasticsearch",
            hint="let somebody paste this into Kibana's Dev Tools, and write the answer's `encoded` to the file "
            f"writer_api_key beside the other secrets:\n{request()}",
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


def _name() -> str:
    return f"holysheep-elk Logstash on {socket.gethostname()}"
