"""The protocol `Runtime`, which both modes (docker, embedded) implement, and its records.

The implementations are in `runner.runtimes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.findings import Finding
    from runner.kibana.client import Kibana
    from runner.lines.lines import LogFile

Mode = Literal["docker", "embedded"]
Right = Literal["reader", "admin"]
#: Takes one line of progress for people.
Say = Callable[[str], None]
#: Takes the number of bytes that were fed since the last call.
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Fed:
    """The result of feeding log files.

    `indexed`: the lines were indexed before the call returned (embedded mode), so the counts of documents are exact.
    Otherwise Filebeat and the webhook still pass the lines on, and only `files` and `bodies` are counted.
    """

    indexed: bool
    created: int = 0
    known: int = 0
    refused: int = 0
    files: int = 0
    bodies: int = 0
    #: Some of these lines were fed earlier, by other prices or sources; their documents stay as they were.
    older_rules: bool = False


@dataclass(frozen=True)
class Service:
    """The state of a process or container.

    `well`: it is as it should be. `waiting`: lines that it has read and not passed on yet.
    """

    name: str
    state: str
    health: str
    version: str
    well: bool
    waiting: int | None = None
    dead_letter_bytes: int | None = None


@dataclass(frozen=True)
class Status:
    """The state of a runtime's services.

    `facts`: values that only this mode has (process id, overlays, queues). `status` prints them, and `--json` has them.
    `troubles`: what somebody must do something about, whatever Elasticsearch says.
    """

    services: list[Service]
    state: str
    facts: dict[str, Any] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether there are services, and each of them is as it should be."""
        return bool(self.services) and all(service.well for service in self.services)


class Store(Protocol):
    """The folder of snapshots, seen from Elasticsearch and from this command."""

    @property
    def path(self) -> str:
        """The folder's path as Elasticsearch sees it."""
        ...

    def pack(self, folder: str) -> Iterable[bytes]:
        """Give a folder as chunks of a tar file."""
        ...

    def unpack(self, folder: str, file: Path) -> None:
        """Unpack a tar file into a new folder below `path`, readable by Elasticsearch."""
        ...

    def remove(self, folder: str) -> None:
        """Remove a folder below `path`."""
        ...


class Runtime(Protocol):
    """A way to run the bundle. Commands use this protocol only; they know nothing of Docker or processes."""

    mode: Mode
    #: False for an existing Elasticsearch cluster: it gets no samples, no snapshots and no upgrade from this bundle.
    owns_cluster: bool
    #: Why this mode never has a Kibana; empty when it may have one.
    no_kibana: str
    #: Why its Elasticsearch keeps no users of people; empty when it keeps them.
    no_users: str

    def why_not(self) -> str:
        """Why this mode can't be used on this machine; empty when it can."""
        ...

    def running(self) -> str:
        """The processes or containers that run, in words; empty when none runs."""
        ...

    def start(self, say: Say) -> None:
        """Start all services, wait until they are healthy, and apply the templates.

        UserError names the service that is not healthy, and why.
        """
        ...

    def feed(self, logs: Sequence[LogFile], tell: Tell, *, again: bool) -> Fed:
        """Feed the lines that were not fed before, or all lines with `again`. No document is stored twice."""
        ...

    def stop(self, say: Say) -> bool:
        """Stop all services; data stays. True when a service was running."""
        ...

    def remove(self, say: Say) -> bool:
        """Stop all services, and remove data, secrets and volumes. True when there was something to remove.

        UserError when they can't be removed.
        """
        ...

    def logs(self, lines: int, *, follow: bool) -> Iterator[str]:
        """Yield the last lines of all logs; with `follow` also new lines as they come. UserError without logs."""
        ...

    def status(self) -> Status:
        """The state of all services now."""
        ...

    def warnings(self, indices: int) -> list[str]:
        """Problems that will come soon, and how to prevent them. `indices`: the number of indices in Elasticsearch."""
        ...

    def doctor(self) -> list[Finding]:
        """Check this machine for what the mode needs. Changes nothing."""
        ...

    def url(self) -> str:
        """The address of Elasticsearch."""
        ...

    def unreadable(self) -> str:
        """Why documents can't be read; empty when they can."""
        ...

    def elasticsearch(self, right: Right) -> AbstractContextManager[Elasticsearch]:
        """Connect to Elasticsearch. UserError when it does not run, or when there is no key with this right."""
        ...

    def kibana(self) -> Kibana | None:
        """Kibana with the right to write saved objects; None when the mode has no Kibana, or it does not run."""
        ...

    def secret_folder(self) -> Path:
        """The folder of the files with passwords and keys."""
        ...

    def subject_folder(self) -> Path:
        """The folder of the users' keys (`privacy.user_ids: hmac`)."""
        ...

    def store(self) -> Store | None:
        """The folder of snapshots; None for an existing cluster."""
        ...

    def alerts(self, args: Sequence[str]) -> tuple[int, str]:
        """Run the program that sends alerts, where it runs: its exit code and output. UserError where it doesn't."""
        ...

    def quiet(self, say: Say) -> AbstractContextManager[None]:
        """Stop everything that writes documents for the time of the context."""
        ...

    def next_steps(self, prefix: str) -> str:
        """Text with the next commands after a start. Each command works by copy and paste."""
        ...

    def newest_version(self) -> str:
        """The Elastic Stack version that this checkout is made for."""
        ...

    def ready_for(self, running: str, version: str, *, resumed: bool) -> list[Finding]:
        """Check the images or the Java for an upgrade from `running` to `version`.

        `resumed`: an upgrade to this version was begun before, so some services may have it already.
        """
        ...

    def move_to(self, running: str, version: str, say: Say, begin: Callable[[], None]) -> None:
        """Upgrade one service after the other. UserError when a service does not become healthy; a second call resumes.

        `begin` is called before the first change.
        """
        ...

    def versions(self, elasticsearch: str) -> dict[str, str]:
        """Service → the version that it reports. `elasticsearch`: the version that the cluster reports."""
        ...
