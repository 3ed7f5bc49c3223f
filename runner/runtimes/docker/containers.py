"""The bundle as containers: the shipped compose file with an Elasticsearch and a Kibana of its own."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from docker.errors import DockerException

from generator.errors import UserError
from runner.runtime import Fed, Mode, Right, Status
from runner.runtimes.docker import (
    available,
    digests,
    doctor,
    engine,
    images,
    inside,
    move,
    reach,
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

    def why_not(self) -> str:
        """No engine, an old compose, or an image that can't be had."""
        return available.available() or ""

    def running(self) -> str:
        """The services that run; empty also where no engine answers."""
        if no_engine():
            return ""
        names = [row["Service"] for row in engine.containers() if row["State"] == "running"]
        return f"the containers of this checkout ({', '.join(names)})" if names else ""

    def start(self, say: Say) -> None:
        """Secrets, what the cluster needs, containers. Settings are remembered once they are known to be right."""
        digests.check()
        _say_settings(say)
        made = secrets.ensure(
            settings.secrets(), owner=settings.user(), data_exists=reach.data_exists(), names=self._secret_names()
        )
        if made:
            say(f"Secrets: made {len(made)} files in {settings.secrets()}")
        settings.logs().mkdir(parents=True, exist_ok=True)
        self._prepare(say)
        engine.config()  # a mistake in a variable ends it here, before it is remembered
        settings.remember()
        starting.start(say)
        reach.fetch_authority()

    def feed(self, logs: Sequence[LogFile], tell: Tell, *, again: bool) -> Fed:
        """By the real ways in: files for Filebeat, bodies for the webhook."""
        files, bodies = samples.feed(logs, tell, again=again)
        return Fed(indexed=False, files=files, bodies=bodies)

    def stop(self, say: Say) -> bool:
        """Stop and remove the containers; volumes and secrets stay."""
        was_running = bool(engine.containers())
        _must_succeed(engine.run("down", "--remove-orphans"), "down")
        if was_running:
            say("containers were stopped; volumes and secrets are kept")
        return was_running

    def remove(self, say: Say) -> bool:
        """Remove containers, networks, volumes, and then the secrets that belonged to them."""
        if problem := no_engine():
            raise UserError(f"the containers and volumes can't be removed: {problem}", where="clean")
        _must_succeed(engine.run("down", "--volumes", "--remove-orphans"), "clean")
        if settings.FOLDER.exists():
            shutil.rmtree(settings.FOLDER)
            say(f"removed {settings.FOLDER}")
        return True

    def logs(self, lines: int, *, follow: bool) -> Iterator[str]:
        """The containers' output, each line with its service."""
        command = engine.command("logs", "--tail", str(lines), *(["--follow"] if follow else []))
        with subprocess.Popen(
            command, env=settings.environment(), stdout=subprocess.PIPE, text=True, errors="replace"
        ) as running:
            for line in running.stdout or ():
                yield line.rstrip("\n")
        _must_succeed(running.returncode, "logs")

    def status(self) -> Status:
        """Each container, what waits in Logstash and Filebeat, and the log files that are not read."""
        rows = status.services()
        state = "running" if any(row.state == "running" for row in rows) else "stopped"
        died = [restart.words for restart in restarts.look(engine.containers())]
        facts = {
            "overlays": engine.overlays(),
            "logstash": inside.queues(),
            "restarts": died,
            "files_not_read": unread.files(),
        }
        return Status(rows, state, facts)

    def warnings(self, indices: int) -> list[str]:
        """Before Elasticsearch refuses a new day's index, and while a service keeps dying."""
        containers = engine.containers()
        died = [
            f"{restart.service} died within the last minutes" for restart in restarts.look(containers) if restart.recent
        ]
        return [*died, *status.crowded(indices, [row["Service"] for row in containers], inside.shards())]

    def doctor(self) -> list[Finding]:
        """Engine, compose, memory, disk, ports, images."""
        return doctor.look()

    def url(self) -> str:
        """On this machine."""
        return reach.elasticsearch_url()

    def unreadable(self) -> str:
        """The reader's password is always here."""
        return ""

    @contextmanager
    def elasticsearch(self, right: Right) -> Iterator[Elasticsearch]:
        """Connect as the user that has this right."""
        if not any(row["Service"] == "elasticsearch" and row["State"] == "running" for row in engine.containers()):
            raise UserError("the stack's Elasticsearch does not run", hint="start it with `make up`")
        if not settings.CA.is_file():
            reach.fetch_authority()
        with reach.elasticsearch(*LOGIN[right]) as es:
            yield es

    def kibana(self) -> Kibana | None:
        """With the set-up's rights."""
        return reach.kibana()

    def store(self) -> Store | None:
        """A volume, reached through Elasticsearch's container."""
        return VolumeStore(reach.BACKUP)

    @contextmanager
    def quiet(self, say: Say) -> Iterator[None]:
        """Stop Logstash: while indices are gone nothing may make them anew; lines wait with Filebeat."""
        say("Logstash stops meanwhile; lines wait in their files, webhook callers must repeat")
        engine.ask("stop", "logstash")
        try:
            yield
        finally:
            engine.ask("start", "logstash")
            say("Logstash runs again")

    def next_steps(self, prefix: str) -> str:
        """Look, search, feed, price, stop."""
        return steps.after_start(self.url(), prefix)

    def newest_version(self) -> str:
        """The version that compose.yaml names."""
        return images.default()

    def ready_for(self, running: str, version: str, *, resumed: bool) -> list[Finding]:
        """Whether the images can be had."""
        new = images.changes(running, version)
        services = engine.config(extra=new)["services"]
        current = {row["Service"]: str(row["Image"]) for row in engine.containers()}
        return [*images.look(new, services, {} if resumed else current)]

    def move_to(self, running: str, version: str, say: Say, begin: Callable[[], None]) -> None:
        """In Elastic's order, each service healthy before the next."""
        new = images.changes(running, version)
        services = engine.config(extra=new)["services"]
        move.carry_out(new, services, say, begin)
        starting.start(say)

    def versions(self, elasticsearch: str) -> dict[str, str]:
        """What each service says, the image's label where it doesn't answer."""
        return move.versions(engine.config()["services"], elasticsearch)

    def _secret_names(self) -> Iterable[str]:
        return secrets.NAMES

    def _prepare(self, say: Say) -> None:
        """What must be done outside the containers before they start."""


def no_engine() -> str:
    """Why there is nothing to ask about containers; empty when there is."""
    try:
        engine.client()
    except DockerException as error:
        return f"no Docker engine answers: {error}"
    problem = engine.compose_problem()
    return problem.what if problem else ""


def _say_settings(say: Say) -> None:
    if overlays := engine.overlays():
        say(f"Overlays: {', '.join(overlays)}")
    if kept := settings.as_last_time():
        listed = " ".join(f"{name}={text}" for name, text in sorted(kept.items()))
        say(f"As at the last `make up`: {listed} (NAME= make up drops one)")


def _must_succeed(code: int, command: str) -> None:
    if code:
        raise UserError(f"docker compose ended with {code}", where=command, hint="see what it printed")
