"""The bundle without Docker: Elasticsearch as a local process, and the filter under JRuby."""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster import apply as applying
from runner.cluster import people
from runner.findings import Finding
from runner.host import jdk, maven
from runner.host.files import remove_tree
from runner.lines import privacy_key
from runner.lines.fed import Fed as FedFiles
from runner.lines.feed import feed, rules_of
from runner.lines.filter import RULES
from runner.runtime import Fed, Mode, Right, Service, Status
from runner.runtimes.embedded import doctor, elasticsearch, logs, place, process, reason, secret, steps
from runner.runtimes.embedded.store import FolderStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.lines.lines import LogFile
    from runner.runtime import Say, Store, Tell
    from runner.runtimes.embedded.layout import Layout
    from runner.runtimes.embedded.process import Record

USERS: Final[dict[Right, str]] = {"admin": secret.ADMIN, "reader": secret.READER}


class Embedded:
    """One local Elasticsearch of this checkout."""

    mode: Mode = "embedded"
    owns_cluster = True
    no_kibana = "the embedded mode has no Kibana; --kibana URL names one"
    no_users = people.KEEPS_NONE

    def why_not(self) -> str:
        """Always empty: `start` looks for Java itself."""
        return ""

    def running(self) -> str:
        """The node's process id and port."""
        node = self._node()
        return f"the embedded Elasticsearch of this checkout (pid {node[1].pid}, port {node[1].port})" if node else ""

    def start(self, say: Say) -> None:
        """Download the programs, start the node, and apply the templates."""
        if not RULES.is_file():
            raise UserError(f"{RULES} is missing", where="filter", hint="run `make render`")
        choice = place.chosen()
        layout = place.layout(choice.elasticsearch)
        for artefact in (maven.JRUBY, maven.ELASTICSEARCH[choice.elasticsearch]):
            if artefact is maven.JRUBY or not layout.home.is_dir():
                maven.fetch(artefact)
        record = elasticsearch.start(layout, choice, say)
        say(f"Elasticsearch {record.version}: {elasticsearch.url(record.port)} (pid {record.pid})")
        with elasticsearch.client(layout, record.port) as admin:
            for line in applying.results(applying.apply(admin, ROOT / "elasticsearch", say)):
                say(line)

    def feed(self, logs: Sequence[LogFile], tell: Tell, *, again: bool) -> Fed:
        """Feed through the filter into Elasticsearch, with the writer's rights."""
        layout, record = self._running_node()
        files = FedFiles(layout.base / "fed.json")
        for log in () if again else logs:
            tell(files.offset(log.path))
        with elasticsearch.client(layout, record.port, secret.WRITER) as writer:
            counts = feed(logs, writer, place.chosen().jdk, files, again=again, progress=tell)
        version, prefix = rules_of()
        with elasticsearch.client(layout, record.port) as admin:
            admin.indices.refresh(index=f"{prefix}-*")
        return Fed(
            indexed=True,
            created=counts.created,
            known=counts.known,
            refused=counts.dead,
            files=len(logs),
            older_rules=files.older_rules(version),
        )

    def stop(self, say: Say) -> bool:
        """Stop the node."""
        layout = place.current()
        return layout is not None and elasticsearch.stop(layout, say)

    def remove(self, say: Say) -> bool:
        """Stop the node, and remove its folder."""
        stopped = self.stop(say)
        folder = place.base()
        if folder.is_dir():
            remove_tree(folder)
            say(f"removed {folder}")
            return True
        return stopped

    def logs(self, lines: int, *, follow: bool) -> Iterator[str]:
        """The logs of Elasticsearch, and the output of its launcher."""
        return logs.lines(place.layout("").logs, lines, follow=follow)

    def status(self) -> Status:
        """The node's process and health, or the reason why it ended."""
        layout = place.current()
        if layout is None:
            return Status([], "stopped")
        node = elasticsearch.state(layout)
        facts: dict[str, object]
        if node.record is None:
            orphans = ", ".join(map(str, process.working_in(layout.base)))
            facts = {
                "why": f"a start was interrupted; its process {orphans} still runs",
                "hint": "`make up` starts again, `make down` ends the process",
            }
            return Status([Service("elasticsearch", "starting", "", "?", well=False)], "starting", facts)
        facts = {"version": node.record.version}
        if node.what == "crashed":
            what, hint, line = reason.explain("\n".join(reason.tail(log) for log in layout.logs))
            facts |= {"why": what, "log": line, "hint": hint}
            return Status([Service("elasticsearch", "crashed", "", node.record.version, well=False)], "crashed", facts)
        facts |= {"pid": node.record.pid, "url": elasticsearch.url(node.record.port)}
        health = self._health(layout, node.record, facts)
        well = health in ("green", "yellow")
        return Status(
            [Service("elasticsearch", "running", health, node.record.version, well=well)],
            "running",
            facts | {"health": health},
        )

    def warnings(self, indices: int) -> list[str]:  # noqa: ARG002  # the protocol's
        """None: this node has no limit that a trial reaches."""
        return []

    def doctor(self) -> list[Finding]:
        """Check Java, memory, disk, port and clock."""
        return doctor.look()

    def url(self) -> str:
        """The address on this machine."""
        return elasticsearch.url(self._running_node()[1].port)

    def unreadable(self) -> str:
        """Always empty: this checkout has the reader's password."""
        return ""

    @contextmanager
    def elasticsearch(self, right: Right) -> Iterator[Elasticsearch]:
        """Connect as the user with this right."""
        layout, record = self._running_node()
        with elasticsearch.client(layout, record.port, USERS[right]) as es:
            yield es

    def kibana(self) -> None:
        """None: the embedded mode has no Kibana."""

    def secret_folder(self) -> Path:
        """The folder of this checkout, which `clean` keeps."""
        return secret.FOLDER

    def subject_folder(self) -> Path:
        """Beside the folder of secrets."""
        return privacy_key.subject_keys(secret.FOLDER).parent

    def store(self) -> Store:
        """A folder on this machine."""
        return FolderStore(str(self._running_node()[0].backup))

    def alerts(self, args: Sequence[str]) -> tuple[int, str]:  # noqa: ARG002 - the protocol's signature
        """Not here: ElastAlert has dependencies that fit no environment of ours."""
        raise UserError("alerts are sent by a container, and this is the embedded mode", hint="docs/alerts.md")

    def quiet(self, say: Say) -> AbstractContextManager[None]:  # noqa: ARG002  # the protocol's
        """Does nothing: only `up` writes documents in this mode."""
        return nullcontext()

    def next_steps(self, prefix: str) -> str:
        """Commands to look, try a line, feed logs and stop."""
        return steps.after_start(self.url(), prefix)

    def newest_version(self) -> str:
        """The newest version that the bundle can download."""
        return next(iter(jdk.VERSIONS))

    def ready_for(self, running: str, version: str, *, resumed: bool) -> list[Finding]:  # noqa: ARG002  # the protocol's
        """Check whether a Java of this machine runs the version."""
        wanted = os.environ.get("HOLYSHEEP_ES_VERSION")
        if wanted and wanted != version:
            return [Finding("java", "wrong", f"HOLYSHEEP_ES_VERSION={wanted} is another version", "unset it")]
        try:
            choice = jdk.choose(jdk.find(), version)
        except UserError as error:
            return [Finding("java", "wrong", error.what, error.hint or "")]
        return [Finding("java", "ok", f"Java {choice.jdk.major} runs Elasticsearch {version}")]

    def move_to(self, running: str, version: str, say: Say, begin: Callable[[], None]) -> None:  # noqa: ARG002
        """Stop the old node, start the new one on the same data, apply the templates."""
        choice = jdk.choose(jdk.find(), version)
        begin()
        self.stop(say)
        layout = place.layout(version)
        record = elasticsearch.start(layout, choice, say)
        with elasticsearch.client(layout, record.port) as admin:
            applying.apply(admin, ROOT / "elasticsearch")

    def versions(self, elasticsearch: str) -> dict[str, str]:
        """The version of Elasticsearch, the only service."""
        return {"elasticsearch": elasticsearch}

    def _node(self) -> tuple[Layout, Record] | None:
        layout = place.current()
        node = elasticsearch.state(layout) if layout else None
        if layout is None or node is None or node.what != "running" or node.record is None:
            return None
        return layout, node.record

    def _running_node(self) -> tuple[Layout, Record]:
        node = self._node()
        if node is None:
            raise UserError("the Elasticsearch of this checkout does not run", hint="start it with `make up`")
        return node

    @staticmethod
    def _health(layout: Layout, record: Record, facts: dict[str, object]) -> str:
        try:
            with elasticsearch.client(layout, record.port).options(request_timeout=10) as es:
                return str(es.cluster.health(timeout="3s")["status"])
        except (TransportError, ApiError) as error:
            facts |= {"why": str(error), "hint": "see `make logs`"}
            return "unknown"
