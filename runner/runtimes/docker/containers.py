"""The bundle as containers: the shipped compose file with an Elasticsearch and a Kibana of its own."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from docker.errors import DockerException

from generator.errors import UserError
from runner.cluster.reasons import cause_of
from runner.host.files import remove_tree
from runner.runtime import Fed, Mode, Right, Status
from runner.runtimes.docker import (
    alerts,
    available,
    digests,
    doctor,
    engine,
    images,
    inside,
    move,
    reach,
    report,
    restarts,
    samples,
    secrets,
    settings,
    starting,
    status,
    steps,
    unread,
)
from runner.runtimes.docker.store import VolumeStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.findings import Finding
    from runner.kibana.client import Kibana
    from runner.lines.lines import LogFile
    from runner.runtime import Say, Store, Tell

LOGIN: Final[dict[Right, tuple[str, str]]] = {
    "admin": ("elastic", "elastic_password"),
    "reader": ("holysheep_reader", "reader_password"),
}


class Containers:
    """The stack of this checkout's compose file."""

    mode: Mode = "docker"
    owns_cluster = True
    no_kibana = no_users = ""

    def why_not(self) -> str:
        """Why containers can't be used: no engine, an old compose, or a missing image; empty when they can."""
        return available.available() or ""

    def running(self) -> str:
        """The services that run; empty when none runs or no engine answers."""
        if no_engine():
            return ""
        names = [row["Service"] for row in engine.containers() if row["State"] == "running"]
        return f"the containers of this checkout ({', '.join(names)})" if names else ""

    def start(self, say: Say) -> None:
        """Make the secrets, prepare an existing cluster, and start the containers.

        The settings are remembered after compose has accepted them.
        """
        digests.check()
        starting.say_settings(say)
        data, folder = reach.data_exists(), settings.secrets()
        made = secrets.ensure(folder, owner=settings.user(), data_exists=data, names=self._secret_names())
        for line in secrets.told(made, folder, data_exists=data):
            say(line)
        starting.make_folders()
        alerts.prepare()
        report.prepare()
        self._prepare(say)
        engine.config()  # compose refuses a wrong variable here, before the settings are remembered
        settings.remember()
        starting.start(say)
        reach.fetch_authority()

    def feed(self, logs: Sequence[LogFile], tell: Tell, *, again: bool) -> Fed:
        """Feed through the real inputs: files for Filebeat, bodies for the webhook."""
        files, bodies = samples.feed(logs, tell, again=again)
        return Fed(indexed=False, files=files, bodies=bodies)

    def stop(self, say: Say) -> bool:
        """Stop and remove the containers; volumes and secrets stay."""
        was_running = bool(engine.containers())
        _must_succeed(engine.run("down", "--remove-orphans"), "down")
        if was_running:
            say("the containers are stopped; volumes and secrets are kept")
        return was_running

    def remove(self, say: Say) -> bool:
        """Remove containers, networks and volumes, and then the secrets of those volumes."""
        if problem := no_engine():
            raise UserError(f"the containers and volumes can't be removed: {problem}", where="clean")
        _must_succeed(engine.run("down", "--volumes", "--remove-orphans"), "clean")
        say("the containers and their volumes are removed")
        if settings.FOLDER.exists():
            remove_tree(settings.FOLDER)
            say(f"removed {settings.FOLDER}")
        return True

    def logs(self, lines: int, *, follow: bool) -> Iterator[str]:
        """The output of the containers, each line with its service's name."""
        command = engine.command("logs", "--tail", str(lines), *(["--follow"] if follow else []))
        with subprocess.Popen(
            command, env=settings.environment(), stdout=subprocess.PIPE, text=True, errors="replace"
        ) as running:
            for line in running.stdout or ():
                yield line.rstrip("\n")
        _must_succeed(running.returncode, "logs")

    def status(self) -> Status:
        """The containers, the queues of Logstash and Filebeat, and the log files that Filebeat does not read."""
        containers, queues = engine.containers(), inside.queues()
        rows = status.services(containers, queues)
        state = "running" if any(row.state == "running" for row in rows) else "stopped"
        files = unread.files()
        facts = {
            "overlays": engine.overlays(),
            "logstash": queues,
            "restarts": [restart.words for restart in restarts.look(containers)],
            "files_not_read": files["stuck"],
            "files_waiting": files["waiting"],
            "files_packed": files["packed"],
        }
        return Status(rows, state, facts, status.troubles(containers, queues))

    def warnings(self, indices: int) -> list[str]:
        """Warnings: Elasticsearch will soon refuse a new day's index, or a service ends again and again."""
        containers = engine.containers()
        restarted = [
            f"{restart.service} was restarted within the last minutes"
            for restart in restarts.look(containers)
            if restart.recent
        ]
        return [*restarted, *status.crowded(indices, [row["Service"] for row in containers], inside.shards())]

    def doctor(self) -> list[Finding]:
        """Check engine, compose, memory, disk, ports and images."""
        return doctor.look()

    def url(self) -> str:
        """The address on this machine."""
        return reach.elasticsearch_url()

    def unreadable(self) -> str:
        """Always empty: this checkout has the reader's password."""
        return ""

    @contextmanager
    def elasticsearch(self, right: Right) -> Iterator[Elasticsearch]:
        """Connect as the user with this right."""
        if not any(row["Service"] == "elasticsearch" and row["State"] == "running" for row in engine.containers()):
            raise UserError("the stack's Elasticsearch does not run", hint="start it with `make up`")
        if not settings.CA.is_file():
            reach.fetch_authority()
        with reach.elasticsearch(*LOGIN[right]) as es:
            yield es

    def kibana(self) -> Kibana | None:
        """Kibana, with the rights of the user elastic."""
        return reach.kibana()

    def secret_folder(self) -> Path:
        """The folder of the stack's secret files."""
        return settings.secrets()

    def subject_folder(self) -> Path:
        """The folder that Logstash has from this machine."""
        return settings.subjects()

    def store(self) -> Store | None:
        """The volume for snapshots, reached through Elasticsearch's container."""
        return VolumeStore(reach.BACKUP)

    def alerts(self, args: Sequence[str]) -> tuple[int, str]:
        """Run a command of the alerts container."""
        return alerts.run(args)

    @contextmanager
    def quiet(self, say: Say) -> Iterator[None]:
        """Stop Logstash, so that nothing writes to indices that a restore has deleted. Filebeat keeps the lines."""
        say("Logstash is stopped; log files are read later, callers of the webhook must send again")
        engine.ask("stop", "logstash")
        try:
            yield
        finally:
            engine.ask("start", "logstash")
            say("Logstash runs again")

    def next_steps(self, prefix: str) -> str:
        """Commands to look, search, feed logs, change a price and stop."""
        return steps.after_start(self.url(), prefix)

    def newest_version(self) -> str:
        """The version that compose.yaml names."""
        return images.default()

    def ready_for(self, running: str, version: str, *, resumed: bool) -> list[Finding]:
        """Check whether the images of the version can be pulled."""
        new = images.changes(running, version)
        services = engine.config(extra=new)["services"]
        current = {row["Service"]: str(row["Image"]) for row in engine.containers()}
        return [*images.look(new, services, {} if resumed else current)]

    def move_to(self, running: str, version: str, say: Say, begin: Callable[[], None]) -> None:
        """Upgrade in Elastic's order: each service is healthy before the next is upgraded."""
        new = images.changes(running, version)
        services = engine.config(extra=new)["services"]
        move.carry_out(new, services, say, begin)
        starting.start(say)

    def versions(self, elasticsearch: str) -> dict[str, str]:
        """The version that each service reports; of a service that does not answer, the version of its image."""
        return move.versions(engine.config()["services"], elasticsearch)

    def _secret_names(self) -> Iterable[str]:
        return secrets.NAMES

    def _prepare(self, say: Say) -> None:
        """Prepare what is outside the containers. Nothing here; `Elsewhere` prepares the existing cluster."""


def no_engine() -> str:
    """Why containers can't be listed: no engine or no compose; empty when they can."""
    try:
        engine.client()
    except DockerException as error:
        return f"no Docker engine answers: {cause_of(error)}"
    return problem.what if (problem := engine.compose_problem()) else ""


def _must_succeed(code: int, command: str) -> None:
    if code:
        raise UserError(f"docker compose ended with exit code {code}", where=command, hint="see its output")
