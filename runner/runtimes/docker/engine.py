"""The Docker engine and `docker compose`: their answers as data, from JSON and the Docker SDK."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import docker
from docker.errors import DockerException

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster import versions
from runner.runtimes.docker import settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docker import DockerClient
    from docker.models.containers import Container

FOLDER: Final = ROOT / "compose"
Row = dict[str, Any]
#: What a person writes before a service's name to restart it.
RESTART: Final = "docker compose -f compose/compose.yaml restart"
#: Overlays that need special treatment.
EXISTING: Final = "existing-cluster"
THREE: Final = "three-nodes"
DIGESTS: Final = "digests"
ACCESS_TRAIL: Final = "access-trail"
#: The first version of compose with !override, which the overlay for an existing cluster needs.
COMPOSE: Final = (2, 24, 4)


@cache
def client() -> DockerClient:
    """A client of the engine at DOCKER_HOST or the default socket. DockerException when no engine answers."""
    engine_client = docker.from_env(timeout=10)
    engine_client.ping()
    return engine_client


@cache
def compose_command() -> tuple[str, ...] | None:
    """The compose command: HOLYSHEEP_COMPOSE, `docker compose` or `docker-compose`; None when there is none."""
    if own := os.environ.get("HOLYSHEEP_COMPOSE"):
        return (own,)
    for command in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(command[0]):
            completed = subprocess.run([*command, "version", "--short"], capture_output=True, check=False)
            if completed.returncode == 0:
                return command
    return None


@cache
def compose_version() -> versions.Version | None:
    """The version that compose reports; None when it can't be read."""
    program = compose_command()
    completed = subprocess.run([*(program or ()), "version", "--short"], capture_output=True, text=True, check=False)
    return versions.parse(completed.stdout)


def compose_problem() -> UserError | None:
    """Why compose can't be used; None when it can."""
    if compose_command() is None:
        return UserError("there is no `docker compose`", hint=f"install the plugin, {versions.text(COMPOSE)} or newer")
    installed = compose_version()
    if installed is not None and installed < COMPOSE:
        return UserError(
            f"docker compose {versions.text(installed)} is too old: the overlays use !override, which came with "
            f"{versions.text(COMPOSE)}",
            hint="upgrade the compose plugin",
        )
    return None


def remote() -> bool:
    """Whether the engine is on another machine, whose ports and kernel can't be seen from here."""
    return not str(client().api.base_url).startswith(("http+docker://", "npipe:"))


def overlays() -> list[str]:
    """The overlays in HOLYSHEEP_OVERLAYS, which separates them by commas.

    HOLYSHEEP_ELASTICSEARCH adds the overlay for an existing cluster. UserError for an unknown overlay, and for two that
    contradict each other.
    """
    chosen = [name.strip() for name in settings.value(settings.OVERLAYS, "").split(",") if name.strip()]
    if settings.value(settings.CLUSTER, "") and EXISTING not in chosen:
        chosen.insert(0, EXISTING)
    for name in chosen:
        if not (FOLDER / f"{name}.yaml").is_file():
            known = sorted(path.stem for path in FOLDER.glob("*.yaml") if not path.stem.startswith(f"{EXISTING}-"))
            known.remove("compose")
            raise UserError(f"no overlay {name!r}", where=settings.OVERLAYS, hint=f"one of {', '.join(known)}")
    if EXISTING in chosen:
        _refuse_with_existing(chosen)
        # What an overlay needs besides with an existing cluster. People name the other two; this one follows from them.
        chosen += [f"{EXISTING}-{name}" for name in chosen if (FOLDER / f"{EXISTING}-{name}.yaml").is_file()]
    # An overlay changes what those before it say. That with the digests replaces the images of all others.
    return sorted(
        dict.fromkeys(chosen), key=lambda name: 2 if name == DIGESTS else int(name.startswith(f"{EXISTING}-"))
    )


def _refuse_with_existing(chosen: list[str]) -> None:
    """UserError for an overlay that changes services which somebody else runs."""
    for name, what in (
        (THREE, f"{EXISTING} starts no Elasticsearch, but {THREE} starts three"),
        (ACCESS_TRAIL, f"{EXISTING} starts no Elasticsearch that {ACCESS_TRAIL} could be put in front of"),
    ):
        if name in chosen:
            hint = f"leave one out; to leave the cluster: {settings.OVERLAYS}= {settings.CLUSTER}= make up"
            raise UserError(what, where=settings.OVERLAYS, hint=hint)


def existing() -> bool:
    """Whether documents go to an existing cluster."""
    return EXISTING in overlays()


def command(*args: str, pinned: bool = True) -> list[str]:
    """The whole command line of a compose command, with all overlays; without the digests' one if not `pinned`."""
    if problem := compose_problem():
        raise problem
    program = compose_command() or ()
    files = ["compose", *(name for name in overlays() if pinned or name != DIGESTS)]
    return [*program, *(part for name in files for part in ("-f", str(FOLDER / f"{name}.yaml"))), *args]


def run(*args: str, extra: Mapping[str, str] | None = None) -> int:
    """Run a compose command that prints to the terminal, and return its exit code. `extra`: variables that win."""
    return subprocess.run(command(*args), env={**settings.environment(), **(extra or {})}, check=False).returncode


def ask(*args: str, memory: int | None = None, extra: Mapping[str, str] | None = None, pinned: bool = True) -> str:
    """Run a compose command, and return its standard output. UserError with its standard error when it fails.

    `memory`: bytes of the engine's machine; the containers' limits are derived from it. `extra`: variables that win.
    """
    env = {**settings.environment(memory), **(extra or {})}
    completed = subprocess.run(command(*args, pinned=pinned), env=env, capture_output=True, text=True, check=False)
    if completed.returncode:
        raise UserError(completed.stderr.strip() or f"docker compose {args[0]} failed", where="docker compose")
    return completed.stdout


def config(memory: int | None = None, extra: Mapping[str, str] | None = None, *, pinned: bool = True) -> Row:
    """The merged compose files with the values of all variables; the parameters are those of `ask`."""
    merged: Row = json.loads(ask("config", "--format", "json", memory=memory, extra=extra, pinned=pinned))
    return merged


def containers() -> list[Row]:
    """All containers of the project, also stopped ones, with Service, State, Health, ExitCode, Name and Image."""
    text = ask("ps", "--all", "--format", "json").strip()
    if not text:
        return []
    # Up to 2.20 compose prints one array, since then one object a line.
    rows: list[Row] = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    return sorted(rows, key=lambda row: str(row["Service"]))


def running(service: str) -> bool:
    """Whether a service of this project runs, also a service that the current overlays leave out."""
    labels = [f"com.docker.compose.project={config()['name']}", f"com.docker.compose.service={service}"]
    return bool(client().containers.list(filters={"label": labels}))


def name_of(service: str) -> str | None:
    """The name of a service's container; None when there is none."""
    return next((row["Name"] for row in containers() if row["Service"] == service), None)


def container(service: str) -> Container:
    """The container of a service. UserError when there is none."""
    name = name_of(service)
    if name is None:
        raise UserError(f"there is no container of {service}", hint="start it with `make up`")
    return client().containers.get(name)


def last_health(container: str) -> str:
    """The output of a container's last health check; empty when there was none."""
    try:
        state = client().containers.get(container).attrs["State"]
    except (DockerException, KeyError):
        return ""
    log = (state.get("Health") or {}).get("Log") or []
    return str(log[-1].get("Output", "")).strip() if log else ""


def wrong_password(project: str) -> bool:
    """Whether Elasticsearch's health check reports that the volume was made with another password."""
    labels = [f"com.docker.compose.project={project}", "com.docker.compose.service=elasticsearch"]
    try:
        nodes = client().containers.list(filters={"label": labels})
    except DockerException:
        return False
    return any(last_health(str(node.id)).startswith("PASSWORD:") for node in nodes)


def last_words(container: str, lines: int = 5) -> str:
    """The last lines of a container's log."""
    try:
        text = client().containers.get(container).logs(tail=lines)
    except DockerException:
        return ""
    return text.decode("utf-8", "replace").strip() if isinstance(text, bytes) else ""


def execute(container: str, args: Sequence[str]) -> str | None:
    """The output of a command in a container; None when the command fails."""
    try:
        code, output = client().containers.get(container).exec_run(list(args))
    except DockerException:
        return None
    return output.decode("utf-8", "replace") if code == 0 and isinstance(output, bytes) else None
