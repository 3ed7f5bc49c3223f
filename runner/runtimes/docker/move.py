"""Carries an upgrade of the containers out, in the order that Elastic asks for."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from docker.errors import DockerException

from generator.errors import UserError
from runner.runtimes.docker import engine, inside, settings, trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.runtime import Say

WAIT_S: Final = 900
Row = dict[str, Any]


def order(services: Row) -> list[str]:
    """Elasticsearch (of several nodes the first, which is asked, last), set-up, Kibana, Logstash, Beats."""
    nodes = sorted((name for name in services if name.startswith("elasticsearch")), reverse=True)
    rest = [name for name in ("setup", "kibana", "logstash", "filebeat") if name in services]
    return ["certs", *nodes, *rest]


def carry_out(new: dict[str, str], services: Row, say: Say, begin: Callable[[], None]) -> None:
    """Pull, write compose/.env, and recreate each service when the one before is healthy. UserError: which is not, why.

    `begin` is called when all images are here, before the first change.
    """
    if engine.run("pull", "--quiet", "--policy", "missing", extra=new):
        raise UserError("an image can't be pulled; nothing was changed", where="upgrade", hint="docs/air-gapped.md")
    begin()
    settings.change(new)
    if "kibana" in services:
        # An old Kibana beside a new Elasticsearch only complains.
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
    ran = subprocess.run(
        engine.command("up", "--detach", "--no-deps", *wait, name),
        env=settings.environment(memory), capture_output=True, text=True, check=False,
    )  # fmt: skip
    code = ran.returncode
    if once and code == 0:
        code = int(engine.container(name).wait(timeout=WAIT_S)["StatusCode"])
    if code:
        error = trouble.explain(ran.stderr)
        hint = f"{error.hint or 'see `make logs`'}; then make upgrade again: it goes on from here"
        raise UserError(error.what, where=error.where, hint=hint)


def versions(services: Row, elasticsearch: str) -> dict[str, str]:
    """What each service says that it is, asked of those that answer; of the others what the image says."""
    told = {
        "logstash": inside.fetch("logstash", inside.LOGSTASH, "/").get("version"),
        "filebeat": inside.fetch("filebeat", inside.FILEBEAT, "/").get("version"),
        "elasticsearch": elasticsearch,
    }
    lasting = [name for name in order(services) if name not in ("certs", "setup")]
    return {name: str(told.get(name) or inside.version(engine.container(name))) for name in lasting}
