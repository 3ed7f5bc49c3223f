"""Starts the containers and waits until each is healthy."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from runner.cluster import changes
from runner.host import keyring
from runner.runtimes.docker import engine, secrets, settings, subjects, templates, trouble

if TYPE_CHECKING:
    from runner.runtime import Say

#: Seconds for the first start of Elasticsearch and Kibana on a slow disk, without pulling images.
WAIT_S: Final = 900
POLL_S: Final = 3.0


def say_settings(say: Say) -> None:
    """Name the overlays, and the settings that only an earlier `make up` has set."""
    if overlays := engine.overlays():
        say(f"Overlays: {', '.join(overlays)}")
    if remembered := settings.as_last_time():
        listed = " ".join(f"{name}={text}" for name, text in sorted(remembered.items()))
        say(f"Settings of the last `make up`: {listed} (to drop one: NAME= make up)")


def make_folders() -> None:
    """Make the folders and the key that containers bind, with their owner: the engine would make folders as root."""
    settings.logs().mkdir(parents=True, exist_ok=True)
    settings.seals().mkdir(parents=True, exist_ok=True)
    # Also what `seal` wrote when root ran it here.
    for path in (settings.seals(), *settings.seals().rglob("*")):
        secrets.give(path, settings.user())
    subjects.prepare()
    keyring.made(changes.key_file())
    secrets.give(changes.key_file(), settings.user())


def start(say: Say) -> None:
    """Run `docker compose up` until every service is healthy. UserError names the service that is not, and why.

    Elasticsearch is started first, and the templates are written: a change that today's indices can't take ends the
    start. The service `setup`, which would write them anyway, then finds them as they are rendered.
    """
    memory = int(engine.client().info().get("MemTotal", 0)) or None
    say("Containers: starting; the first start pulls images, and Elasticsearch needs a minute")
    config = engine.config()
    project = str(config["name"])
    _remove_failed(project)
    if nodes := before_setup(config):
        _up(nodes, settings.environment(memory), project)
        templates.apply(say)
    _up(["--remove-orphans"], settings.environment(memory), project)
    for row in engine.containers():
        say(f"  {row['Service']:<14} {row['State']} {row.get('Health') or ''}")


def before_setup(config: engine.Row) -> list[str]:
    """The services that `setup` waits for until they are healthy: the nodes of Elasticsearch."""
    waits = config["services"].get("setup", {}).get("depends_on", {})
    return [name for name, how in waits.items() if how.get("condition") == "service_healthy"]


def _up(more: list[str], environment: dict[str, str], project: str) -> None:
    command = engine.command("up", "--detach", "--wait", "--wait-timeout", str(WAIT_S), *more)
    code, errors = _run(command, environment, project)
    if code:
        raise trouble.explain(errors)


def _remove_failed(project: str) -> None:
    if engine.wrong_password(project):
        # A container of the last try keeps the secret file with which it was made.
        engine.ask("rm", "--stop", "--force", "elasticsearch")
    if failing := [row["Service"] for row in engine.containers() if row["State"] == "restarting"]:
        # Compose would report a restarting container as failed at once, with the log of its last run.
        engine.ask("rm", "--stop", "--force", *failing)


def _run(command: list[str], environment: dict[str, str], project: str) -> tuple[int, str]:
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        while True:
            try:
                _, errors = running.communicate(timeout=POLL_S)
            except subprocess.TimeoutExpired:
                # Neither a wrong password nor a broken pipeline heals by itself; waiting would take minutes.
                error = trouble.broken_pipeline(engine.containers())
                if error is None and not engine.wrong_password(project):
                    continue
                running.terminate()
                _, errors = running.communicate()
                raise (error or trouble.explain(errors)) from None
            return running.returncode, errors
