"""The Docker engine and `docker compose`: answers as data, never parsed from what is printed for people."""

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
#: Overlays that commands must know.
EXISTING: Final = "existing-cluster"
THREE: Final = "three-nodes"
DIGESTS: Final = "digests"
#: The first with !override, which the overlay for an existing cluster needs.
COMPOSE: Final = (2, 24, 4)


@cache
def client() -> DockerClient:
    """The engine that DOCKER_HOST or the default socket names. DockerException when none answers."""
    found = docker.from_env(timeout=10)
    found.ping()
    return found


@cache
def compose_command() -> tuple[str, ...] | None:
    """`docker compose`, or the program of its own; None when there is neither."""
    if own := os.environ.get("HOLYSHEEP_COMPOSE"):
        return (own,)
    for command in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(command[0]):
            ran = subprocess.run([*command, "version", "--short"], capture_output=True, check=False)
            if ran.returncode == 0:
                return command
    return None


@cache
def compose_version() -> versions.Version | None:
    """What compose says it is; None when it says nothing that can be understood."""
    program = compose_command()
    ran = subprocess.run([*(program or ()), "version", "--short"], capture_output=True, text=True, check=False)
    return versions.parse(ran.stdout)


def compose_problem() -> UserError | None:
    """Why compose can't be used; None when it can."""
    if compose_command() is None:
        return UserError("there is no `docker compose`", hint=f"install the plugin, {versions.text(COMPOSE)} or newer")
    found = compose_version()
    if found is not None and found < COMPOSE:
        return UserError(
            f"docker compose {versions.text(found)} is too old: the overlays use !override, which came with "
            f"{versions.text(COMPOSE)}",
            hint="upgrade the compose plugin",
        )
    return None


def remote() -> bool:
    """Whether the engine is on another machine, whose ports and kernel can't be seen from here."""
    return not str(client().api.base_url).startswith(("http+docker://", "npipe:"))


def overlays() -> list[str]:
    """Names of the overlays in HOLYSHEEP_OVERLAYS, apart by commas; a named cluster brings its own.

    UserError for one that isn't there, and for two that contradict each other.
    """
    found = [name.strip() for name in settings.value(settings.OVERLAYS, "").split(",") if name.strip()]
    if settings.value(settings.CLUSTER, "") and EXISTING not in found:
        found.insert(0, EXISTING)
    for name in found:
        if not (FOLDER / f"{name}.yaml").is_file():
            known = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "compose")
            raise UserError(f"no overlay {name!r}", where=settings.OVERLAYS, hint=f"one of {', '.join(known)}")
    if EXISTING in found and THREE in found:
        hint = f"leave one out; to leave the cluster: {settings.OVERLAYS}= {settings.CLUSTER}= make up"
        raise UserError(f"{EXISTING} starts no Elasticsearch, {THREE} three", where=settings.OVERLAYS, hint=hint)
    # The digests' last: they name the images that all others leave open.
    return sorted(dict.fromkeys(found), key=lambda name: name == DIGESTS)


def existing() -> bool:
    """Whether the Elasticsearch is somebody else's."""
    return EXISTING in overlays()


def command(*args: str, pinned: bool = True) -> list[str]:
    """The whole command line of a compose command, overlays included; without that of the digests if not `pinned`."""
    if problem := compose_problem():
        raise problem
    program = compose_command() or ()
    files = ["compose", *(name for name in overlays() if pinned or name != DIGESTS)]
    return [*program, *(part for name in files for part in ("-f", str(FOLDER / f"{name}.yaml"))), *args]


def run(*args: str, extra: Mapping[str, str] | None = None) -> int:
    """A compose command whose output is for the user's eyes; with `extra` variables over all others."""
    return subprocess.run(command(*args), env={**settings.environment(), **(extra or {})}, check=False).returncode


def ask(*args: str, memory: int | None = None, extra: Mapping[str, str] | None = None, pinned: bool = True) -> str:
    """What a compose command prints on standard output. UserError with its words when it fails.

    `memory`: bytes of the engine's machine, for limits that fit it. `extra`: variables over all others.
    """
    env = {**settings.environment(memory), **(extra or {})}
    ran = subprocess.run(command(*args, pinned=pinned), env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise UserError(ran.stderr.strip() or f"docker compose {args[0]} failed", where="docker compose")
    return ran.stdout


def config(memory: int | None = None, extra: Mapping[str, str] | None = None, *, pinned: bool = True) -> Row:
    """The merged compose files, variables filled in; with limits that fit `memory` bytes."""
    found: Row = json.loads(ask("config", "--format", "json", memory=memory, extra=extra, pinned=pinned))
    return found


def containers() -> list[Row]:
    """All containers of the project, stopped ones too, with Service, State, Health, ExitCode, Name and Image."""
    text = ask("ps", "--all", "--format", "json").strip()
    if not text:
        return []
    # One array up to compose 2.20, one object a line since.
    rows: list[Row] = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    return sorted(rows, key=lambda row: str(row["Service"]))


def running(service: str) -> bool:
    """Whether a service of this project runs, also one that the overlays of now leave out."""
    labels = [f"com.docker.compose.project={config()['name']}", f"com.docker.compose.service={service}"]
    return bool(client().containers.list(filters={"label": labels}))


def name_of(service: str) -> str | None:
    """The name of a service's container; None when there is none."""
    return next((row["Name"] for row in containers() if row["Service"] == service), None)


def container(service: str) -> Container:
    """The container of a service, by its own name. UserError when there is none."""
    name = name_of(service)
    if name is None:
        raise UserError(f"there is no container of {service}", hint="start it with `make up`")
    return client().containers.get(name)


def last_health(container: str) -> str:
    """What a container's last health check said; empty when there was none."""
    try:
        state = client().containers.get(container).attrs["State"]
    except (DockerException, KeyError):
        return ""
    log = (state.get("Health") or {}).get("Log") or []
    return str(log[-1].get("Output", "")).strip() if log else ""


def wrong_password(project: str) -> bool:
    """Whether Elasticsearch's health check says that the volume was made with another password."""
    labels = [f"com.docker.compose.project={project}", "com.docker.compose.service=elasticsearch"]
    try:
        found = client().containers.list(filters={"label": labels})
    except DockerException:
        return False
    return any(last_health(str(one.id)).startswith("PASSWORD:") for one in found)


def last_words(container: str, lines: int = 5) -> str:
    """The last lines of a container's log."""
    try:
        text = client().containers.get(container).logs(tail=lines)
    except DockerException:
        return ""
    return text.decode("utf-8", "replace").strip() if isinstance(text, bytes) else ""


def execute(container: str, args: Sequence[str]) -> str | None:
    """What a command in a container prints; None when it fails."""
    try:
        code, output = client().containers.get(container).exec_run(list(args))
    except DockerException:
        return None
    return output.decode("utf-8", "replace") if code == 0 and isinstance(output, bytes) else None
