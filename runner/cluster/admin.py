"""A way of running's Elasticsearch with the rights of an administrator: for backup, restore and upgrade alone."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.errors import UserError
from runner.cluster import versions
from runner.cluster.apply import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

    from runner.runtime import Runtime, Store

UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403


@dataclass(frozen=True)
class Cluster:
    """A client, and what a command must know of the cluster behind it."""

    es: Elasticsearch
    #: Where snapshots are kept; None where the cluster is somebody else's.
    store: Store | None
    version: str


@contextmanager
def connect(runtime: Runtime) -> Iterator[Cluster]:
    """Connect as an administrator. UserError when it doesn't run, and with Elasticsearch's words when it refuses."""
    with runtime.elasticsearch("admin") as es:
        try:
            yield Cluster(es, runtime.store(), versions.of(es))
        except TransportError as error:
            raise UserError(f"Elasticsearch does not answer: {error}", hint="see `make status`") from None
        except ApiError as error:
            raise UserError(_words(error), where="Elasticsearch", hint=_hint(error)) from None


def now() -> str:
    """The time, for people and files: to the second, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _words(error: ApiError) -> str:
    if error.status_code == UNAUTHORIZED:
        return "it does not know the administrator's password or key"
    return f"it refuses this: {reason_of(error)}"


def _hint(error: ApiError) -> str:
    if error.status_code == UNAUTHORIZED:
        return "docs/compose.md (lost password)"
    return "the key lacks a right: docs/compose.md" if error.status_code == FORBIDDEN else "see `make logs`"
