"""The Elasticsearch of this checkout with the rights of an administrator: for backup, restore and upgrade alone."""

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
from runner.runtimes import choose as mode
from runner.runtimes.embedded import elasticsearch, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403


@dataclass(frozen=True)
class Cluster:
    """A client, and what a command must know of the cluster behind it."""

    es: Elasticsearch
    mode: mode.Mode
    #: Folder for snapshots as Elasticsearch sees it; None where the cluster is somebody else's.
    backup: str | None
    version: str


@contextmanager
def connect() -> Iterator[Cluster]:
    """Whatever `up` started. Raises UserError when it doesn't run, and with Elasticsearch's words when it refuses."""
    with _open() as (es, backup):
        try:
            yield Cluster(es, mode.current() or "embedded", backup, versions.of(es))
        except TransportError as error:
            raise UserError(f"Elasticsearch does not answer: {error}", hint="see `make status`") from None
        except ApiError as error:
            raise UserError(_words(error), where="Elasticsearch", hint=_hint(error)) from None


def now() -> str:
    """The time, for people and files: to the second, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def _open() -> Iterator[tuple[Elasticsearch, str | None]]:
    if mode.current() == "docker":
        from runner.runtimes.docker import reach  # noqa: PLC0415  # the embedded mode needs no Docker

        with reach.admin() as found:
            yield found
        return
    layout = place.current()
    state = elasticsearch.state(layout) if layout else None
    if layout is None or state is None or state.what != "running" or state.record is None:
        raise UserError("no Elasticsearch of this checkout runs", hint="start it with `make up`")
    with elasticsearch.client(layout, state.record.port) as es:
        yield es, str(layout.backup)


def _words(error: ApiError) -> str:
    if error.status_code == UNAUTHORIZED:
        return "it does not know the administrator's password or key"
    return f"it refuses this: {reason_of(error)}"


def _hint(error: ApiError) -> str:
    if error.status_code == UNAUTHORIZED:
        return "docs/compose.md (lost password)"
    return "the key lacks a right: docs/compose.md" if error.status_code == FORBIDDEN else "see `make logs`"
