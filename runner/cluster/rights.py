"""Asks what a user or key may do, before a command begins that would need it in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from elasticsearch import ApiError

from generator.errors import UserError
from runner.cluster.present import NO_API
from runner.cluster.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from elasticsearch import Elasticsearch

#: What it takes to change calls in place and to record that: kind of index → privileges.
CHANGE: Final[Mapping[str, Sequence[str]]] = {
    **dict.fromkeys(("api", "errors", "audit"), ("read", "index")),
    "changes": ("read", "create_doc", "auto_configure"),
}


def missing(es: Elasticsearch, prefix: str, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """The privileges that are not there, each as `index on holysheep-api-*`. Raises ApiError and TransportError.

    Empty on an Elasticsearch that can't be asked: the embedded one has no such API.
    """
    names = {f"{prefix}-{kind}-*": list(privileges) for kind, privileges in wanted.items()}
    index = [{"names": [name], "privileges": privileges} for name, privileges in names.items()]
    try:
        answer = es.security.has_privileges(index=index)
    except ApiError as error:
        if NO_API.search(reason_of(error)):
            return []
        raise
    granted = answer["index"]
    return [
        f"{privilege} on {name}"
        for name, privileges in names.items()
        for privilege in privileges
        if not granted[name][privilege]
    ]


def check(es: Elasticsearch, prefix: str, wanted: Mapping[str, Sequence[str]]) -> None:
    """UserError when a privilege is missing."""
    if lacking := missing(es, prefix, wanted):
        what = f"this user or key may not: {', '.join(lacking)}"
        raise UserError(what, where="Elasticsearch", hint="docs/reprice.md has the request that makes such a key")
