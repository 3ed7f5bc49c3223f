"""The protocol of a way of running, and its plain records. No code: implementations are in `runner.runtimes`."""

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
    """What feeding log files did.

    `indexed` is true where the lines were indexed before the call returned (embedded). The counts of documents are
    then exact. Otherwise lines are on their way through Filebeat and the webhook, and only files and bodies are known.
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
    """A process or container. `well`: it is as it should be. `waiting`: lines that it has and has not passed on."""

    name: str
    state: str
    health: str
    version: str
    well: bool
    waiting: int | None = None
    dead_letter_bytes: int | None = None


@dataclass(frozen=True)
class Status:
    """How a way of running is, without the documents in Elasticsearch.

    `facts` is what only this way of running has (process id, overlays, queues): shown as it is, and part of `--json`.
    """

    services: list[Service]
    state: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether there is something, and all of it is as it should be."""
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
    """A way of running the bundle. Commands know this protocol, and nothing of Docker, processes or clusters."""

    mode: Mode
    #: False where the Elasticsearch is somebody else's: no samples, no snapshots, no upgrade of ours.
    owns_cluster: bool

    def why_not(self) -> str:
        """Why this way can't be used here; empty when it can."""
        ...

    def running(self) -> str:
        """What of it runs, in words; empty for nothing."""
        ...

    def start(self, say: Say) -> None:
        """Start until healthy, templates applied. UserError says what is not healthy, and why."""
        ...

    def feed(self, logs: Sequence[LogFile], tell: Tell, *, again: bool) -> Fed:
        """Feed the lines that were not fed before, or all of them `again`; what is there already is not doubled."""
        ...

    def stop(self, say: Say) -> bool:
        """Stop; data stays. True when there was something to stop."""
        ...

    def remove(self, say: Say) -> bool:
        """Stop, and remove data, secrets and volumes. True when there was something. UserError when it can't."""
        ...

    def logs(self, lines: int, *, follow: bool) -> Iterator[str]:
        """Give the last lines of all logs, then what comes if `follow`. UserError when there are none."""
        ...

    def status(self) -> Status:
        """How it is now."""
        ...

    def warnings(self, indices: int) -> list[str]:
        """What is about to go wrong with that many indices, and what to do."""
        ...

    def doctor(self) -> list[Finding]:
        """What this machine lacks for it. Changes nothing."""
        ...

    def url(self) -> str:
        """The address of Elasticsearch."""
        ...

    def unreadable(self) -> str:
        """Why documents can't be read; empty when they can."""
        ...

    def elasticsearch(self, right: Right) -> AbstractContextManager[Elasticsearch]:
        """Connect to Elasticsearch. UserError when it doesn't run or there is no key for this right."""
        ...

    def kibana(self) -> Kibana | None:
        """Kibana with the right to write saved objects; None when this way has none of its own, or it doesn't run."""
        ...

    def store(self) -> Store | None:
        """The folder of snapshots; None where the cluster is somebody else's."""
        ...

    def quiet(self, say: Say) -> AbstractContextManager[None]:
        """Keep everything that writes documents stopped meanwhile."""
        ...

    def next_steps(self, prefix: str) -> str:
        """What a person can do after the start. Each command works by copy and paste."""
        ...

    def newest_version(self) -> str:
        """The version that this checkout is made for."""
        ...

    def ready_for(self, running: str, version: str, *, resumed: bool) -> list[Finding]:
        """Whether images or Java for an upgrade from `running` to `version` can be had.

        `resumed`: an upgrade to this version was begun before, so some services may have it already.
        """
        ...

    def move_to(self, running: str, version: str, say: Say, begin: Callable[[], None]) -> None:
        """Upgrade each service in turn. UserError when one does not come up; a second call goes on.

        `begin` is called before the first change.
        """
        ...

    def versions(self, elasticsearch: str) -> dict[str, str]:
        """Service → the version that it says it is. `elasticsearch`: the cluster's own."""
        ...
