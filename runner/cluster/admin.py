"""Connects to a runtime's Elasticsearch with an administrator's rights. Only backup, restore and upgrade need them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.errors import UserError
from runner.cluster import refused, versions
from runner.cluster.reasons import reason_of, unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

    from runner.runtime import Runtime, Store

UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403


@dataclass(frozen=True)
class Cluster:
    """A client with an administrator's rights, and what backup, restore and upgrade must know of its cluster."""

    es: Elasticsearch
    #: The folder of snapshots; None where the cluster is not of this bundle.
    store: Store | None
    version: str


@contextmanager
def connect(runtime: Runtime) -> Iterator[Cluster]:
    """Connect as an administrator. UserError when Elasticsearch does not run or refuses a request, with its reason."""
    with runtime.elasticsearch("admin") as es, in_words():
        yield Cluster(es, runtime.store(), versions.of(es))


@contextmanager
def in_words() -> Iterator[None]:
    """Tell a failure of Elasticsearch as a UserError, with its reason; of a refused request which role would do."""
    try:
        yield
    except TransportError as error:
        raise unanswered(error, "see `make status`") from None
    except ApiError as error:
        raise UserError(_words(error), where="Elasticsearch", hint=_hint(error)) from None


def now() -> str:
    """The current time in UTC as ISO 8601 text, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _words(error: ApiError) -> str:
    if error.status_code == UNAUTHORIZED:
        return "the administrator's password or key is wrong"
    return f"the request was refused: {reason_of(error)}"


def _hint(error: ApiError) -> str:
    if error.status_code == UNAUTHORIZED:
        return "docs/compose.md (lost password)"
    if error.status_code == FORBIDDEN:
        return refused.advice(reason_of(error)) or "the key lacks a right: docs/compose.md"
    return "see `make logs`"
