"""Logstash and Filebeat here, Elasticsearch and Kibana somebody else's: nothing of theirs is changed unasked."""

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
        """The first of its addresses."""
        return existing.urls()[0]

    def unreadable(self) -> str:
        """Only the admin key may read documents."""
        if existing.key(existing.ADMIN_KEY) is None:
            return f"documents are not counted: that takes an {existing.ADMIN_KEY}"
        return ""

    @contextmanager
    def elasticsearch(self, right: Right) -> Iterator[Elasticsearch]:  # noqa: ARG002  # one key has both rights
        """Connect with the admin key, as long as it is there."""
        with existing.admin() as es:
            yield es

    def kibana(self) -> None:
        """Theirs is not written to by `up`: `make import-dashboards KIBANA_URL=…` does it when asked."""

    def store(self) -> None:
        """Their snapshots lie where they put them."""

    def next_steps(self, prefix: str) -> str:
        """Where documents end, and what is left to people."""
        return existing.told(prefix)

    def versions(self, elasticsearch: str) -> dict[str, str]:
        """Ours alone: theirs is not upgraded by us."""
        return {name: version for name, version in super().versions(elasticsearch).items() if name != "elasticsearch"}

    def _secret_names(self) -> Iterable[str]:
        return ("webhook_password", "privacy_key")

    def _prepare(self, say: Say) -> None:
        if engine.running("elasticsearch"):
            raise UserError("the stack's own Elasticsearch runs, and would be stopped", hint="first: make down")
        existing.prepare(say)
