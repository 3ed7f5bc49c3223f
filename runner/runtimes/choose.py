"""Which way the bundle runs here: as containers or embedded. `up` writes it down, the other commands read it."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.errors import UserError
from generator.paths import STATE

if TYPE_CHECKING:
    import argparse

Mode = Literal["docker", "embedded"]
FILE: Final = STATE / "mode"


def current() -> Mode | None:
    """What the last `up` started; None after `clean`, and before the first."""
    try:
        found = FILE.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return "docker" if found == "docker" else "embedded"


def remember(mode: Mode) -> None:
    """Write it down."""
    STATE.mkdir(parents=True, exist_ok=True)
    FILE.write_text(mode + "\n", encoding="utf-8")


def choose(wanted: str) -> tuple[Mode, str]:
    """(mode, why) for `docker`, `embedded` or `auto`. Raises UserError when Docker is wished and can't be had."""
    if wanted == "embedded":
        return "embedded", "asked for"
    why_not = _no_docker()
    if wanted == "docker":
        if why_not:
            raise UserError(why_not, where="docker", hint="put that right, or use --mode embedded")
        return "docker", "asked for"
    if _existing():
        if why_not:
            what = f"an existing cluster is named, and Logstash and Filebeat beside it need containers: {why_not}"
            raise UserError(what, where="HOLYSHEEP_ELASTICSEARCH", hint="put that right, or unset it")
        return "docker", "an existing cluster is named"
    before = current()
    if before == "embedded" and not why_not:
        return "embedded", "it was used before; for Docker: make clean, then make up"
    return ("embedded", why_not) if why_not else ("docker", "a Docker engine answers")


def _existing() -> bool:
    if importlib.util.find_spec("runner.runtimes.docker") is None:
        return False
    settings = _module("settings")
    overlays = str(settings.value(settings.OVERLAYS, ""))
    return bool(settings.value(settings.CLUSTER, "")) or "existing-cluster" in overlays


def check_free(wanted: Mode) -> None:
    """UserError when the other way of running is up: the two would want the same ports, and hold different data."""
    if wanted == "docker":
        place, elasticsearch = (
            importlib.import_module(f"runner.runtimes.embedded.{name}") for name in ("place", "elasticsearch")
        )
        layout = place.current()
        now = elasticsearch.state(layout) if layout else None
        if now is not None and now.what == "running":
            raise UserError(
                f"the embedded Elasticsearch of this checkout runs (pid {now.record.pid}, port {now.record.port})",
                where="up",
                hint="make down first; its data stays, but the containers have data of their own",
            )
    elif current() == "docker" and not no_engine() and (names := _running()):
        raise UserError(
            f"the containers of this checkout run ({', '.join(names)})",
            where="up",
            hint="make down first; their data stays, but the embedded mode has data of its own",
        )


def _running() -> list[str]:
    engine = importlib.import_module("runner.runtimes.docker.engine")
    return [row["Service"] for row in engine.containers() if row["State"] == "running"]


def no_engine() -> str:
    """Why there is nothing to ask about containers; empty when there is."""
    try:
        engine = importlib.import_module("runner.runtimes.docker.engine")
        engine.client()
        problem = engine.compose_problem()
    except Exception as error:  # noqa: BLE001  # the SDK's own kinds are not known without it
        return str(error)
    return problem.what if problem else ""


def stack(command: str, args: argparse.Namespace) -> int:
    """Hand a command over to the Docker path: runner.runtimes.docker.<command>.run(args)."""
    code: int = _module(command).run(args)
    return code


def _no_docker() -> str:
    """Why Docker can't be used; empty when it can."""
    if importlib.util.find_spec("runner.runtimes.docker") is None:
        return "this build has no Docker path"
    return _module("up").available() or ""


def _module(name: str) -> Any:  # noqa: ANN401  # a module, found at run time
    return importlib.import_module(f"runner.runtimes.docker.{name}")
