"""The bundle with an existing cluster: Logstash and Filebeat run here, Elasticsearch and Kibana elsewhere.

Nothing that belongs to the existing cluster is changed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator.errors import UserError
from runner.runtimes.docker import doctor, engine, existing
from runner.runtimes.docker.containers import Containers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from elasticsearch import Elasticsearch

    from runner.findings import Finding
    from runner.runtime import Right, Say


class Elsewhere(Containers):
    """The stack without an Elasticsearch of its own."""

    owns_cluster = False

    def doctor(self) -> list[Finding]:
        """The containers' findings, and the cluster's."""
        return [*doctor.look(), *doctor.cluster()]

    def url(self) -> str:
        """The first address of the cluster."""
        return existing.urls()[0]

    def unreadable(self) -> str:
        """Why documents can't be read: only the admin key may read them, and its file may be missing."""
        if existing.key(existing.ADMIN_KEY) is None:
            return f"documents are not counted: the file {existing.ADMIN_KEY} is missing"
        return ""

    @contextmanager
    def elasticsearch(self, right: Right) -> Iterator[Elasticsearch]:  # noqa: ARG002  # the admin key has both rights
        """Connect with the admin key. UserError when its file is missing."""
        with existing.admin() as es:
            yield es

    def kibana(self) -> None:
        """None: `up` writes nothing to an existing Kibana. `make import-dashboards KIBANA_URL=…` does it."""

    def store(self) -> None:
        """None: the existing cluster has snapshots of its own."""

    def next_steps(self, prefix: str) -> str:
        """Text with the documents' destination, and the next steps."""
        return existing.after_start(prefix)

    def versions(self, elasticsearch: str) -> dict[str, str]:
        """The versions of our services only: the existing cluster is not upgraded."""
        return {name: version for name, version in super().versions(elasticsearch).items() if name != "elasticsearch"}

    def _secret_names(self) -> Iterable[str]:
        return ("webhook_password", "privacy_key", "audit_key", "seal_key")

    def _prepare(self, say: Say) -> None:
        if engine.running("elasticsearch"):
            raise UserError(
                "the bundle's own Elasticsearch still runs, and `up` would stop it", hint="run `make down` first"
            )
        existing.prepare(say)
