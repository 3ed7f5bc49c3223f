"""Starts the containers and waits until each is healthy."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from runner.runtimes.docker import engine, settings, trouble

if TYPE_CHECKING:
    from runner.runtime import Say

#: The first start of Elasticsearch and Kibana on a slow disk, images not counted.
WAIT_S: Final = 900
POLL_S: Final = 3.0


def start(say: Say) -> None:
    """`docker compose up` until every service is healthy. UserError says which is not, and why."""
    memory = int(engine.client().info().get("MemTotal", 0)) or None
    command = engine.command("up", "--detach", "--wait", "--wait-timeout", str(WAIT_S), "--remove-orphans")
    say("Containers: starting; the first time images are pulled and Elasticsearch takes a minute")
    project = str(engine.config()["name"])
    _remove_failed(project)
    code, errors = _run(command, settings.environment(memory), project)
    if code:
        raise trouble.explain(errors)
    for row in engine.containers():
        say(f"  {row['Service']:<14} {row['State']} {row.get('Health') or ''}")


def _remove_failed(project: str) -> None:
    if engine.wrong_password(project):
        # From the last try: a container keeps the secret file that it was made with.
        engine.ask("rm", "--stop", "--force", "elasticsearch")
    if failing := [row["Service"] for row in engine.containers() if row["State"] == "restarting"]:
        # Between two tries of its own it would count as failed at once, with the words of before.
        engine.ask("rm", "--stop", "--force", *failing)


def _run(command: list[str], environment: dict[str, str], project: str) -> tuple[int, str]:
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        while True:
            try:
                _, errors = running.communicate(timeout=POLL_S)
            except subprocess.TimeoutExpired:
                if not engine.wrong_password(project):
                    continue
                # Waiting out its health check would take minutes, and could not end well.
                running.terminate()
                _, errors = running.communicate()
                raise trouble.explain(errors) from None
            return running.returncode, errors
