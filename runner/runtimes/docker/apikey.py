"""API keys for a cluster that is somebody else's: read as people have them, made with the writer's rights alone."""

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
#: Owns the keys, since a key may not make a key with rights. Nobody knows its password: each new one is thrown away,
#: and earlier keys stay valid.
OWNER: Final = "holysheep_key_owner"
ROLE_FILE: Final = ROOT / "elasticsearch" / "roles" / f"{WRITER}.json"
#: What a writer needs not have: telling so is worth a line.
TOO_MUCH: Final = ("read", "delete", "write", "manage")


def read(path: Path) -> str | None:
    """The key in a file as `id:api_key`; None when there is no file. Kibana shows keys encoded: that is taken too.

    Raises UserError for what is neither.
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
        raise UserError("this is no API key", where=str(path), hint="write id:api_key, or what Kibana calls Encoded")
    return text


def descriptor() -> dict[str, Any]:
    """The writer's rights, as rendered: the body of a role, without what only a role has."""
    role = json.loads(ROLE_FILE.read_text(encoding="utf-8"))
    return {"cluster": role["cluster"], "indices": role["indices"]}


def request() -> str:
    """What to paste into Kibana's Dev Tools where we may not make a key ourselves."""
    body = {"name": _name(), "role_descriptors": {WRITER: descriptor()}}
    return f"POST /_security/api_key\n{json.dumps(body, indent=2)}"


def make(es: Elasticsearch) -> str:
    """A key `id:api_key` that can add documents to the bundle's indices and nothing else.

    By a user of its own with the writer's role, to whom it is granted. Raises UserError, with what somebody with more
    rights can paste, when the cluster refuses.
    """
    password = secrets.token_urlsafe(32)
    try:
        es.security.put_user(
            username=OWNER,
            password=password,
            roles=[WRITER],
            full_name="holysheep-elk: owns the API keys of Logstash, its password is thrown away",
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
    """(missing, too many) rights of the key that `es` was made with."""
    index = f"{prefix}-api-2026.01.01"
    wanted = ("create_doc", "auto_configure")
    said = es.security.has_privileges(
        cluster=["monitor"], index=[{"names": [index], "privileges": [*wanted, *TOO_MUCH]}]
    )
    has = {**said["index"][index], **said["cluster"]}
    missing = [name for name in ("monitor", *wanted) if not has[name]]
    return missing, [name for name in TOO_MUCH if has[name]]


def _name() -> str:
    return f"holysheep-elk Logstash on {socket.gethostname()}"
