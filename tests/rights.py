"""Who may do what in a cluster: tried on the local node and in the whole stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from elasticsearch import ApiError, AuthorizationException

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from elasticsearch import Elasticsearch

DOCUMENT: Final = {"@timestamp": "2025-01-01T00:00:00.000Z", "event": {"id": "x"}, "holysheep": {"source": "client"}}
UNKNOWN_USER: Final = 401
DAY: Final = "2025.01.01"


def attempts(prefix: str) -> dict[str, Callable[[Elasticsearch], object]]:
    """What nobody but the admin may do, by name."""
    index = f"{prefix}-api-{DAY}"
    return {
        "update": lambda es: es.update(index=index, id="1", doc={"holysheep": {"source": "agent"}}),
        "overwrite": lambda es: es.index(index=index, id="1", document=DOCUMENT),
        "delete": lambda es: es.delete(index=index, id="1"),
        "delete index": lambda es: es.indices.delete(index=index),
        "close index": lambda es: es.indices.close(index=index),
        "open mapping": lambda es: es.indices.put_mapping(index="other", dynamic=True),
        "change settings": lambda es: es.indices.put_settings(index=index, settings={"index.refresh_interval": "9s"}),
        "create other index": lambda es: es.indices.create(index="other"),
        "write to other index": lambda es: es.create(index="other", id="1", document=DOCUMENT),
        "write to unknown index of the prefix": lambda es: es.create(
            index=f"{prefix}-unknown-{DAY}", id="1", document=DOCUMENT
        ),
        "put template": lambda es: es.indices.put_index_template(name="x", index_patterns=["x-*"]),
        "read users": lambda es: es.security.get_user(),
        "make api key": lambda es: es.security.create_api_key(name="x"),
    }


#: Every kind of index, and those that are still to come.
KINDS: Final = (
    "api errors usage rollups daily audit access system rejected deadletter canary changes seals erasures".split()  # noqa: SIM905
)
#: What each role may do, by kind of index in the order of KINDS: r reads, a adds, d deletes a document; w is all of
#: these, changes and overwrites. Written by hand from the issue: finance sees no payload, auditors change nothing, who
#: erases can't seal.
MATRIX: Final = {
    #                    api err usa rol day aud acc sys rej dea can cha sea era
    "holysheep_writer":  "a   a   a   -   -   a   a   a   a   a   a   -   -   -",
    "holysheep_reader":  "r   r   r   r   r   r   r   r   r   r   r   r   r   r",
    "holysheep_finance": "r   -   r   r   r   -   -   -   -   -   -   -   -   -",
    "holysheep_auditor": "r   r   r   r   r   r   r   r   r   r   r   r   r   r",
    "holysheep_operator": "r   r   r   r   r   -   -   r   r   r   r   -   -   r",
    "holysheep_eraser":  "w   w   w   -   -   rd  rd  rd  rd  rd  -   a   -   ra",
    "holysheep_sealer":  "r   r   r   r   r   r   r   r   r   r   r   r   ra  r",
    "holysheep_rollup":  "r   -   -   w   w   -   -   -   -   -   -   r   -   -",
    "holysheep_alerter": "r   r   r   r   r   r   r   r   r   r   r   r   r   r",
}  # fmt: skip
#: Everything that a `w` of MATRIX stands for.
WRITES: Final = frozenset({"r", "a", "d", "CHANGE", "OVERWRITE"})
#: What a role may do in the whole cluster. Everything else of `cluster_attempts` is refused.
CLUSTER: Final = {
    "holysheep_auditor": {"list users", "list roles"},
    "holysheep_operator": {"list users", "list roles", "put template"},
}


def on_documents(index: str) -> dict[str, Callable[[Elasticsearch], object]]:
    """What can be done with the documents of an index, by the letter of MATRIX."""
    return {
        "r": lambda es: es.search(index=index, size=1),
        "a": lambda es: es.create(index=index, id="new", document=DOCUMENT),
        "d": lambda es: es.delete(index=index, id="1"),
        "CHANGE": lambda es: es.update(index=index, id="1", doc={"holysheep": {"source": "agent"}}),
        "OVERWRITE": lambda es: es.index(index=index, id="1", document=DOCUMENT),
        "DELETE INDEX": lambda es: es.indices.delete(index=index),
        "CLOSE INDEX": lambda es: es.indices.close(index=index),
        "SETTINGS": lambda es: es.indices.put_settings(index=index, settings={"index.refresh_interval": "9s"}),
    }


def cluster_attempts() -> dict[str, Callable[[Elasticsearch], object]]:
    """What can be done in the whole cluster."""
    return {
        "list users": lambda es: es.security.get_user(),
        "list roles": lambda es: es.security.get_role(),
        "put template": lambda es: es.indices.put_index_template(name="x", index_patterns=["x-*"]),
        "put role": lambda es: es.security.put_role(name="x", cluster=["all"]),
        "put user": lambda es: es.security.put_user(username="x", password="long-enough", roles=["superuser"]),  # noqa: S106
        "change password": lambda es: es.security.change_password(username="elastic", password="long-enough"),  # noqa: S106
        "make api key": lambda es: es.security.create_api_key(name="x"),
        "cluster settings": lambda es: es.cluster.put_settings(persistent={"action.auto_create_index": "true"}),
        "make repository": lambda es: es.snapshot.create_repository(
            name="x", repository={"type": "fs", "settings": {"location": "x"}}
        ),
        "restore": lambda es: es.snapshot.restore(repository="x", snapshot="x"),
    }


def allowed(es: Elasticsearch, tried: Mapping[str, Callable[[Elasticsearch], object]]) -> list[str]:
    """Those that Elasticsearch did not refuse for want of rights."""
    result = []
    for name, attempt in tried.items():
        try:
            attempt(es)
        except AuthorizationException:
            continue
        result.append(name)
    return result


def permitted(es: Elasticsearch, tried: Mapping[str, Callable[[Elasticsearch], object]]) -> set[str]:
    """Those that were not refused for want of rights. A request that failed for another reason had the right."""
    names = set()
    for name, attempt in tried.items():
        try:
            attempt(es)
        except AuthorizationException:
            continue
        except ApiError as error:
            if error.status_code == UNKNOWN_USER:
                raise
        names.add(name)
    return names
