"""The running stack: the shipped compose file under Testcontainers, and the ways in and out of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from docker.errors import DockerException
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.helpers import ScanError
from testcontainers.compose import DockerCompose

from generator.errors import UserError
from runner.runtimes.docker import engine, inside
from tests.stack import bundle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docker import DockerClient
    from docker.models.containers import Container

    from tests.stack.images import Image

Json = dict[str, Any]
#: How long anything may take on a slow, busy machine; nothing waits so long unless it has failed.
LONGEST_S: Final = 300.0
POLL_S: Final = 0.5
#: Elasticsearch is busy, or a shard has not started.
NOT_YET: Final = (429, 503)
#: Logstash's API is published nowhere.
STATS: Final = inside.FETCH.format(port=inside.LOGSTASH, path="/_node/stats/pipelines")


class Compose(DockerCompose):
    """Testcontainers' own, with the program that we were given and an environment of its own."""

    environment: dict[str, str]

    @cached_property
    def compose_command_property(self) -> list[str]:
        """The command up to the name of a compose command."""
        program = engine.compose_command()
        if program is None:
            raise UserError("there is no `docker compose`")
        return [*program, "--env-file", os.devnull, *(p for name in self.compose_file_name or () for p in ("-f", name))]

    def _run_command(self, cmd: Any, context: str | None = None) -> subprocess.CompletedProcess[bytes]:  # noqa: ANN401
        ran = subprocess.run(
            cmd, capture_output=True, check=False, cwd=context or self.context, env=self.environment, timeout=1200
        )
        if ran.returncode:
            words = ran.stderr.decode("utf-8", "replace").strip()[-2000:]
            raise UserError(f"{' '.join(cmd[-3:])} failed: {words}", where="docker compose")
        return ran


def _holds(until: Callable[[], bool]) -> bool:
    try:
        return until()
    except ApiError as error:
        if error.status_code not in NOT_YET:
            raise
    except (TransportError, ScanError):
        pass
    return False


@dataclass
class Stack:
    """One running project."""

    folder: Path
    project: str
    compose: Compose
    docker: DockerClient
    images: dict[str, Image]
    ports: dict[str, int]
    #: Where the authority's certificate was copied to.
    authority: Path = field(init=False)

    def __post_init__(self) -> None:
        """Nothing runs yet."""
        self.authority = self.folder / "ca.crt"

    @property
    def prefix(self) -> str:
        """The index prefix."""
        return bundle.prefix(self.folder)

    @property
    def logs(self) -> Path:
        """The folder that Filebeat reads."""
        return self.folder / "logs"

    @property
    def secrets(self) -> Path:
        """The folder of the secret files."""
        return self.folder / "secrets"

    def secret(self, name: str) -> str:
        """A secret's text."""
        return (self.secrets / name).read_text(encoding="ascii").strip()

    def start(self) -> None:
        """`docker compose up --wait`, and the authority's certificate."""
        self.compose.start()
        chunks, _ = self.container("elasticsearch").get_archive("/usr/share/elasticsearch/config/certs/ca.crt")
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
            file = archive.extractfile(archive.getmembers()[0])
            assert file is not None
            self.authority.write_bytes(file.read())

    def use(self, files: str | list[str] | None) -> None:
        """Work with these compose files from now on."""
        self.compose.compose_file_name = files
        # The command line is remembered.
        self.compose.__dict__.pop("compose_command_property", None)

    def run(self, *args: str) -> str:
        """What a compose command prints."""
        return self.compose._run_command([*self.compose.compose_command_property, *args]).stdout.decode()

    def container(self, service: str) -> Container:
        """The container of a service, stopped ones too."""
        labels = [f"com.docker.compose.project={self.project}", f"com.docker.compose.service={service}"]
        result: list[Container] = self.docker.containers.list(all=True, filters={"label": labels})
        assert len(result) == 1, f"{service}: {result}"
        return result[0]

    def real(self, *services: str) -> str:
        """Empty when all of them are the real programs; else why not, for a skip."""
        return "; ".join(
            f"{name.capitalize()} is a stand-in here: {self.images[name].why.partition(': ')[0]}"
            for name in services
            if not self.images[name].real
        )

    def client(self, user: str = "elastic", secret: str | None = None) -> Elasticsearch:
        """A client of a user; by default the one that may do everything."""
        known = {"elastic": "elastic_password", "holysheep_writer": "writer_password"}
        password = secret or self.secret(known.get(user, "reader_password"))
        url = f"https://localhost:{self.ports['elasticsearch']}"
        return Elasticsearch(
            url, ca_certs=str(self.authority), basic_auth=(user, password), request_timeout=60, max_retries=0
        )

    def search(self, kind: str, query: Json | None = None, **body: Any) -> Json:  # noqa: ANN401 - the client's own
        """A search over all days of a kind of index, of what is indexed by now."""
        with self.client() as es:
            es.indices.refresh(index=f"{self.prefix}-*", allow_no_indices=True)
            result = es.search(
                index=f"{self.prefix}-{kind}",
                query=query or {"match_all": {}},
                allow_no_indices=True,
                # A shard that doesn't answer is an error, not a smaller figure.
                allow_partial_search_results=False,
                **body,
            )
        return dict(result.body)

    def counts(self, query: Json | None = None) -> dict[str, int]:
        """Documents by kind of index, all days together."""
        aggregations = {"i": {"terms": {"field": "_index", "size": 10_000}}}
        result = self.search("*", query, size=0, aggregations=aggregations)
        counts: dict[str, int] = {}
        for bucket in result.get("aggregations", {}).get("i", {}).get("buckets", []):
            kind = bucket["key"].removeprefix(f"{self.prefix}-")[:-11]
            counts[kind] = counts.get(kind, 0) + bucket["doc_count"]
        return counts

    def total(self, query: Json | None = None) -> int:
        """All documents."""
        return sum(self.counts(query).values())

    def wait(self, until: Callable[[], bool], description: str, longest: float = LONGEST_S) -> None:
        """Return when it holds; an AssertionError names what did not come about.

        An Elasticsearch that can't answer yet (an index was made this very moment, the node starts) is asked again.
        """
        end = time.monotonic() + longest
        while not _holds(until):
            assert time.monotonic() < end, f"after {longest:.0f} s still not: {description}"
            time.sleep(POLL_S)

    def queued(self, metric: str = "events_count") -> int | None:
        """Events that wait in Logstash's queue on disk, or another of its figures; None while it doesn't answer."""
        try:
            code, output = self.container("logstash").exec_run(["/bin/bash", "-c", STATS])
            return int(json.loads(output)["pipelines"]["gateway"]["queue"][metric]) if code == 0 else None
        except (ValueError, KeyError, DockerException):
            return None

    def passes(self, seconds: float) -> None:
        """Return after a time that is itself what the test is about."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= end, f"{seconds:.0f} s have passed", seconds + LONGEST_S)

    def healthy(self, service: str) -> bool:
        """Whether the engine has found it healthy."""
        state = self.container(service).attrs["State"]
        return bool(state["Running"] and state["Health"]["Status"] == "healthy")

    def drained(self) -> None:
        """Return when nothing waits in the queue."""
        self.wait(lambda: self.queued() == 0, "Logstash's queue is empty")
