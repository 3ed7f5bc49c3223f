"""The overlays that are built from this checkout, started beside the stack, and what they send to."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml
from docker.errors import DockerException

from generator.paths import ROOT
from tests import mailserver
from tests.alerts import receiver
from tests.stack import images

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.stack import Json, Stack

SERVICES: Final = ("alerts", "report", "rollup", "seal")
#: What the two images are built from, beside what every container is given.
SOURCES: Final = ("elastalert", "generator", "runner", "client")
MODEL: Final = "dear-model"
#: 0.75 USD: above the budget of a request.
NANO: Final = 750_000_000
#: So long a container has to start before its report and its seal are due; a busy machine needs the longer time.
TO_START_S: Final = (30, 120, 300)
#: Days ago: closed, so that it is sealed.
CLOSED: Final = 2


class Started(NamedTuple):
    """The overlays, and what they send to."""

    stack: Stack
    received: receiver.Received
    mail: Any
    #: when report and seal are due
    due: datetime


@contextmanager
def running(stack: Stack) -> Iterator[Started]:
    """A dear call of today and of a closed day, the overlays, and receivers at the address by which containers reach
    this machine. UserError when there is nothing to build the images from.
    """
    base = images.python(stack.docker)
    for name in SOURCES:
        shutil.copytree(ROOT / name, stack.folder / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    host = _gateway(stack)
    # No bridge is needed to build, and the engine of CI has none.
    host_network = {"build": {"network": "host"}}
    _write(stack, "build", {"services": dict.fromkeys(SERVICES, host_network)})
    before = stack.compose.compose_file_name
    stack.use(["compose.yaml", *(f"{name}.yaml" for name in SERVICES), "build.yaml"])
    with ExitStack() as open_:
        received = open_.enter_context(receiver.receiving(host))
        certificate = mailserver.certificate(stack.folder, f"DNS:localhost,IP:{host}")
        mail = open_.enter_context(mailserver.running(certificate, host))
        open_.callback(_remove, stack, before)
        environment = stack.compose.environment
        environment |= {"HOLYSHEEP_IMAGE_PYTHON": base, "HOLYSHEEP_SMTP_CA": str(certificate)}
        environment |= _settings(stack, host, received.http_port, mail.server_address[1])
        stack.run("build", *SERVICES)
        today = datetime.now(UTC)
        for moment in (today, today - timedelta(days=CLOSED)):
            _index(stack, moment)
        # Certificate and users are made anew before, so that the others start at once.
        stack.run("up", "--detach", "alerts")
        yield Started(stack, received, mail, start(stack))


def start(stack: Stack, *services: str) -> datetime:
    """Start the other overlays; when report and seal are due: as soon as this machine has started them in time."""
    for headroom in TO_START_S:
        due = (datetime.now(UTC) + timedelta(seconds=60 + headroom)).replace(second=0, microsecond=0)
        stack.compose.environment |= {"HOLYSHEEP_REPORT_AT": f"{due:%H:%M}", "HOLYSHEEP_SEAL_AT": f"{due:%H:%M}"}
        stack.run("up", "--detach", "--no-deps", *(services or ("report", "rollup", "seal")))
        stack.wait(
            lambda: all(_waits(stack, name) for name in ("report", "seal")), "report and seal wait for their time"
        )
        if all(f"{due:%Y-%m-%d %H:%M} UTC" in _waits(stack, name) for name in ("report", "seal")):
            return due
    raise AssertionError(f"a container needs more than {TO_START_S[-1]} s to start")


def _waits(stack: Stack, service: str) -> str:
    """The line of a container's log that says when it is due first; empty before."""
    lines = stack.container(service).logs().decode().splitlines()
    return next((line for line in lines if line.startswith("next")), "")


def in_container(stack: Stack, service: str, *words: str) -> tuple[int, str]:
    """Run a command of ours in a container, with the cluster and the login of that; its exit code and output."""
    container = stack.container(service)
    command = container.attrs["Config"]["Cmd"]
    login = command[command.index("--url") :]
    code, output = container.exec_run(["/opt/holysheep/python/bin/python", "-m", "runner", *words, *login])
    return int(code), output.decode()


def _gateway(stack: Stack) -> str:
    network = stack.docker.networks.get(f"{stack.project}_storage")
    return str(network.attrs["IPAM"]["Config"][0]["Gateway"])


def _write(stack: Stack, name: str, overlay: Json) -> None:
    (stack.folder / "compose" / f"{name}.yaml").write_text(yaml.safe_dump(overlay))


def _settings(stack: Stack, host: str, http_port: int, mail_port: int) -> dict[str, str]:
    """The variables, and the secret files beside them."""
    secrets, seals = stack.folder / "alerts-secrets", stack.folder / "seals"
    secrets.mkdir()
    seals.mkdir()
    (secrets / "webhook_url").write_text(f"http://{host}:{http_port}/hook")
    (stack.secrets / "smtp_password").write_text(mailserver.PASSWORD)
    (stack.secrets / "change_key").write_text("c" * 64)
    for path in (seals, stack.secrets / "change_key"):
        os.chown(path, int(stack.compose.environment["HOLYSHEEP_UID"]), -1)
    return {
        "HOLYSHEEP_IMAGE_ALERTS": "holysheep-test-alerts",
        "HOLYSHEEP_IMAGE_REPORT": "holysheep-test-report",
        "HOLYSHEEP_ALERTS_SECRETS": str(secrets),
        "HOLYSHEEP_REPORT_PERIOD": "today",
        "HOLYSHEEP_ROLLUP_MINUTES": "1",
        "HOLYSHEEP_SEALS": str(seals),
        "HOLYSHEEP_CHANGE_KEY_FILE": str(stack.secrets / "change_key"),
        "HOLYSHEEP_SMTP_HOST": host,
        "HOLYSHEEP_SMTP_PORT": str(mail_port),
        "HOLYSHEEP_SMTP_FROM": "elk@example.com",
        "HOLYSHEEP_SMTP_TO": "lead@example.com",
        "HOLYSHEEP_SMTP_USER": mailserver.USER,
    }


def _index(stack: Stack, moment: datetime) -> None:
    """One call that costs more than a request may."""
    cost = {"status": "priced", "total": NANO / 1e9, "total_nano": NANO, "over_budget": True}
    call = {
        "@timestamp": moment.isoformat(timespec="milliseconds"),
        "event": {"outcome": "success"},
        "gen_ai": {"request": {"model": MODEL}, "usage": {"input_tokens": 1000, "output_tokens": 10}},
        "holysheep": {"source": "webhook", "cost": cost, "price": {"model": MODEL}},
    }
    with stack.client() as es:
        es.index(index=f"{stack.prefix}-api-{moment:%Y.%m.%d}", id="dear", document=call, refresh=True)


def remove_indices(stack: Stack, *patterns: str) -> None:
    """Delete indices, as if the overlay had never run."""
    with stack.client() as es:
        if names := [name for pattern in patterns for name in es.indices.get(index=pattern)]:
            es.indices.delete(index=names)


def _remove(stack: Stack, files: str | list[str] | None) -> None:
    """Other tests count documents, and start the stack without the overlays."""
    stack.run("rm", "--stop", "--force", "--volumes", *SERVICES)
    stack.use(files)
    closed = datetime.now(UTC) - timedelta(days=CLOSED)
    with stack.client() as es:
        for hit in stack.search("api-*", {"term": {"gen_ai.request.model": MODEL}})["hits"]["hits"]:
            es.delete(index=hit["_index"], id=hit["_id"], refresh=True)
    sums = (f"{stack.prefix}-{kind}-*" for kind in ("rollups", "daily", "seals"))
    remove_indices(stack, "holysheep_alerts*", *sums, f"{stack.prefix}-api-{closed:%Y.%m.%d}")
    # The certificates' container without the overlay's volume, which then nobody uses; and the first indices anew.
    stack.run("up", "--detach", "--no-deps", "certs", "setup")
    with suppress(DockerException):
        stack.docker.volumes.get(f"{stack.project}_certs-alerts").remove(force=True)
