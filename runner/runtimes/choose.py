"""Which way of running is used here, and why: the only module that names all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from generator.paths import STATE
from runner.runtimes.docker import engine
from runner.runtimes.docker.containers import Containers
from runner.runtimes.docker.elsewhere import Elsewhere
from runner.runtimes.embedded.embedded import Embedded

if TYPE_CHECKING:
    from runner.runtime import Mode, Runtime

#: `up` writes the mode into this file; the other commands read it.
FILE: Final = STATE / "mode"


def remembered() -> Runtime | None:
    """What the last `up` started; None after `clean`, and before the first `up`."""
    try:
        mode = FILE.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return of("docker" if mode == "docker" else "embedded")


def used() -> Runtime:
    """What the last `up` started. UserError when nothing was started."""
    runtime = remembered()
    if runtime is None:
        raise UserError("nothing was started here", hint="start it with `make up`")
    return runtime


def remember(mode: Mode) -> None:
    """Write down what `up` starts."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(mode + "\n", encoding="utf-8")


def of(mode: Mode) -> Runtime:
    """The implementation of a mode, with today's settings."""
    if mode == "embedded":
        return Embedded()
    return Elsewhere() if engine.existing() else Containers()


def other(mode: Mode) -> Runtime:
    """The way of running that must not be up at the same time."""
    return of("embedded" if mode == "docker" else "docker")


def choose(wanted: str) -> tuple[Runtime, str]:
    """The way of running for `docker`, `embedded` or `auto`, and why.

    Raises UserError when Docker is asked for, or a cluster is named, and Docker can't be used.
    """
    if wanted == "embedded":
        return of("embedded"), "asked for"
    docker = of("docker")
    why_not = docker.why_not()
    if wanted == "docker":
        if why_not:
            raise UserError(why_not, where="docker", hint="put that right, or use --mode embedded")
        return docker, "asked for"
    if not docker.owns_cluster:
        if why_not:
            what = f"an existing cluster is named, and Logstash and Filebeat beside it need containers: {why_not}"
            raise UserError(what, where="HOLYSHEEP_ELASTICSEARCH", hint="put that right, or unset it")
        return docker, "an existing cluster is named"
    before = remembered()
    if before is not None and before.mode == "embedded" and not why_not:
        return before, "it was used before; for Docker: make clean, then make up"
    return (of("embedded"), why_not) if why_not else (docker, "a Docker engine answers")


def refuse_both(runtime: Runtime) -> None:
    """UserError when the other way is up: the two would want the same ports, and hold different data."""
    rival = other(runtime.mode)
    if rival.mode == "docker" and _mode_before() != "docker":
        # Containers that this checkout did not start are not asked about: that takes an engine.
        return
    if names := rival.running():
        raise UserError(
            f"{names} runs" if rival.mode == "embedded" else f"{names} run",
            where="up",
            hint="make down first; its data stays, but the other mode has data of its own",
        )


def _mode_before() -> Mode | None:
    before = remembered()
    return before.mode if before else None
