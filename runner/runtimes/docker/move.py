"""Upgrades the containers, in the order that Elastic documents."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from docker.errors import DockerException

from generator.errors import UserError
from runner.runtimes.docker import engine, inside, settings, subjects, trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.runtime import Say

WAIT_S: Final = 900
Row = dict[str, Any]


def order(services: Row) -> list[str]:
    """The services in the order of an upgrade: Elasticsearch, set-up, Kibana, Logstash, Beats.

    Of several nodes the first is upgraded last, since commands connect to it.
    """
    nodes = sorted((name for name in services if name.startswith("elasticsearch")), reverse=True)
    rest = [name for name in ("setup", "kibana", "logstash", "filebeat") if name in services]
    return ["certs", *nodes, *rest]


def carry_out(new: dict[str, str], services: Row, say: Say, begin: Callable[[], None]) -> None:
    """Pull the images, write compose/.env, and recreate one service after the other; each must become healthy.

    `begin` is called when all images are pulled, before the first change. UserError names the service that is not
    healthy, and why.
    """
    if engine.run("pull", "--quiet", "--policy", "missing", extra=new):
        raise UserError("an image can't be pulled; nothing was changed", where="upgrade", hint="docs/air-gapped.md")
    # The compose file may be newer than the containers, and name a folder that `up` has not made yet.
    subjects.prepare()
    begin()
    settings.change(new)
    if "kibana" in services:
        # An old Kibana does not work with a new Elasticsearch.
        engine.ask("stop", "kibana")
    for name in order(services):
        began = time.monotonic()
        _recreate(name)
        took = f"{time.monotonic() - began:.0f} s"
        say(f"  {name:<16} {inside.version(engine.container(name))}, {took}")


def _recreate(name: str) -> None:
    once = name in ("certs", "setup")
    wait = [] if once else ["--wait", "--wait-timeout", str(WAIT_S)]
    memory = None
    with suppress(DockerException):
        memory = int(engine.client().info().get("MemTotal", 0)) or None
    completed = subprocess.run(
        engine.command("up", "--detach", "--no-deps", *wait, name),
        env=settings.environment(memory), capture_output=True, text=True, check=False,
    )  # fmt: skip
    code = completed.returncode
    if once and code == 0:
        code = int(engine.container(name).wait(timeout=WAIT_S)["StatusCode"])
    if code:
        error = trouble.explain(completed.stderr)
        hint = f"{error.hint or 'see `make logs`'}; then run make upgrade again: it resumes here"
        raise UserError(error.what, where=error.where, hint=hint)


def versions(services: Row, elasticsearch: str) -> dict[str, str]:
    """Service → version: as the service reports it, else by its image."""
    reported = {
        "logstash": inside.fetch("logstash", inside.LOGSTASH, "/").get("version"),
        "filebeat": inside.fetch("filebeat", inside.FILEBEAT, "/").get("version"),
        "elasticsearch": elasticsearch,
    }
    lasting = [name for name in order(services) if name not in ("certs", "setup")]
    return {name: str(reported.get(name) or inside.version(engine.container(name))) for name in lasting}
