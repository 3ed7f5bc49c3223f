"""What nobody but the admin may do in a cluster: tried on the local node and in the whole stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from elasticsearch import AuthorizationException

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from elasticsearch import Elasticsearch

DOCUMENT: Final = {"@timestamp": "2025-01-01T00:00:00.000Z", "event": {"id": "x"}, "holysheep": {"source": "client"}}
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
