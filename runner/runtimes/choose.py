"""Chooses the runtime of this checkout, and says why. No other module knows all runtimes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from generator.files import write_whole
from generator.paths import STATE
from runner.runtimes.docker import digests, engine, settings
from runner.runtimes.docker.containers import Containers
from runner.runtimes.docker.elsewhere import Elsewhere
from runner.runtimes.embedded.embedded import Embedded

if TYPE_CHECKING:
    from runner.pinned import PinnedImage
    from runner.runtime import Mode, Runtime

#: `up` writes the mode into this file; the other commands read it.
FILE: Final = STATE / "mode"


def write_digests() -> tuple[str, list[PinnedImage]]:
    """Write compose/digests.yaml with the digest of each image. Returns its path and the images.

    UserError when no Docker engine answers.
    """
    return digests.write()


def remembered() -> Runtime | None:
    """The runtime that the last `up` started; None after `clean` and before the first `up`."""
    try:
        mode = FILE.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return of("docker" if mode == "docker" else "embedded")


def last() -> Runtime:
    """The runtime that the last `up` started; before the first the embedded one, which needs no engine to say so."""
    return remembered() or of("embedded")


def used() -> Runtime:
    """The runtime that the last `up` started. UserError when nothing was started."""
    runtime = remembered()
    if runtime is None:
        raise UserError("nothing was started here", hint="start it with `make up`")
    return runtime


def planned() -> Runtime:
    """The runtime to plan for: the one that the last `up` started, or before that an existing cluster, if one is named.

    UserError when there is neither.
    """
    before = remembered()
    return of("docker") if before is None and engine.existing() else used()


def remember(mode: Mode) -> None:
    """Note the mode that `up` starts."""
    write_whole(FILE, mode + "\n")


def of(mode: Mode) -> Runtime:
    """The runtime of a mode, with the current settings."""
    if mode == "embedded":
        return Embedded()
    return Elsewhere() if engine.existing() else Containers()


def other(mode: Mode) -> Runtime:
    """The runtime of the other mode, which must not run at the same time."""
    return of("embedded" if mode == "docker" else "docker")


def choose(wanted: str) -> tuple[Runtime, str]:
    """(runtime, reason for the choice) for `docker`, `embedded` or `auto`.

    Raises UserError when Docker can't be used, but was requested or is needed: for an existing cluster or for overlays.
    """
    if wanted == "embedded":
        return of("embedded"), "as requested"
    docker = of("docker")
    why_not = docker.why_not()
    if wanted == "docker":
        if why_not:
            raise UserError(why_not, where="docker", hint="fix that, or use --mode embedded")
        return docker, "as requested"
    if why_not:
        _refuse_without_docker(docker, why_not)
        return of("embedded"), why_not
    if not docker.owns_cluster:
        return docker, "HOLYSHEEP_ELASTICSEARCH names an existing cluster"
    before = remembered()
    if before is not None and before.mode == "embedded":
        without = ", without the overlays, which run as containers" if engine.overlays() else ""
        return before, f"as before{without}; for Docker: make clean, then make up"
    return docker, "a Docker engine answers"


def _refuse_without_docker(docker: Runtime, why_not: str) -> None:
    """UserError when what was asked for needs containers, so that the embedded mode would leave it out."""
    if not docker.owns_cluster:
        what = f"for an existing cluster Logstash and Filebeat run as containers, but {why_not}"
        raise UserError(what, where=settings.CLUSTER, hint="fix that, or unset the variable")
    if overlays := engine.overlays():
        what = f"{', '.join(overlays)} would run as containers, but {why_not}"
        raise UserError(what, where=settings.OVERLAYS, hint="fix that, or unset the variable")


def refuse_both(runtime: Runtime) -> None:
    """UserError when the other mode runs: both modes need the same ports, and each has data of its own."""
    rival = other(runtime.mode)
    before = remembered()
    if rival.mode == "docker" and (before is None or before.mode != "docker"):
        # This checkout started no containers. Looking for them would need a Docker engine.
        return
    if names := rival.running():
        raise UserError(
            f"{names} runs" if rival.mode == "embedded" else f"{names} run",
            where="up",
            hint="make down first; its data stays, but the other mode has data of its own",
        )
