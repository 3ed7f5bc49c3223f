"""The overlays `alerts` and `report`, built from their own files and started beside the stack: an alert arrives at a
webhook, and a report at a mail server at its time.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
import yaml
from docker.errors import DockerException
from elasticsearch import AuthorizationException

from generator.errors import UserError
from generator.paths import ROOT
from runner.runtimes.docker import apikey
from tests import mailserver
from tests.alerts import receiver
from tests.stack import images

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stack.stack import Stack

#: Not `stack`: CI has no time for it, and what CI requires may not be skipped.
pytestmark = [
    pytest.mark.overlays,
    pytest.mark.skipif(
        not os.environ.get("HOLYSHEEP_OVERLAYS"),
        reason="builds a Debian and two images, which takes minutes: HOLYSHEEP_OVERLAYS=1",
    ),
]
SERVICES: Final = ("alerts", "report")
#: What the two images are built from, beside what every container is given.
SOURCES: Final = ("elastalert", "generator", "runner", "client")
MODEL: Final = "dear-model"
#: A container has so long to start before its report is due.
TO_START_S: Final = 30
#: 0.75 USD: above the budget of a request.
NANO: Final = 750_000_000


class Started(NamedTuple):
    """Both overlays, and what they send to."""

    stack: Stack
    received: receiver.Received
    mail: Any
    #: when the report is due
    due: datetime


@pytest.fixture(scope="module")
def started(stack: Stack) -> Iterator[Started]:
    """A dear call of today, both overlays, and receivers at the address by which containers reach this machine."""
    try:
        base = images.python(stack.docker)
    except UserError as error:
        pytest.skip(str(error))
    for name in SOURCES:
        shutil.copytree(ROOT / name, stack.folder / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    network = stack.docker.networks.get(f"{stack.project}_storage")
    host = str(network.attrs["IPAM"]["Config"][0]["Gateway"])
    ours, compose = stack.compose.environment, stack.compose
    # No bridge is needed to build, and the engine of CI has none.
    host_network = {"build": {"network": "host"}}
    (stack.folder / "compose" / "build.yaml").write_text(
        yaml.safe_dump({"services": dict.fromkeys(SERVICES, host_network)})
    )
    before = compose.compose_file_name
    stack.use(["compose.yaml", *(f"{name}.yaml" for name in SERVICES), "build.yaml"])
    with ExitStack() as running:
        received = running.enter_context(receiver.receiving(host))
        certificate = mailserver.certificate(stack.folder, f"DNS:localhost,IP:{host}")
        mail = running.enter_context(mailserver.running(certificate, host))
        running.callback(_remove, stack, before)
        ours |= {"HOLYSHEEP_IMAGE_PYTHON": base, "HOLYSHEEP_SMTP_CA": str(certificate)}
        ours |= _settings(stack.folder, host, received.http_port, mail.server_address[1])
        stack.run("build", *SERVICES)
        _index(stack)
        # Certificate and users are made anew before, so that the report's container starts at once.
        stack.run("up", "--detach", "alerts")
        due = datetime.now(UTC) + timedelta(seconds=60 + TO_START_S)
        due = due.replace(second=0, microsecond=0)
        ours["HOLYSHEEP_REPORT_AT"] = f"{due:%H:%M}"
        stack.run("up", "--detach", "--no-deps", "report")
        yield Started(stack, received, mail, due)


def _settings(folder: Path, host: str, http_port: int, mail_port: int) -> dict[str, str]:
    """The variables, and the secret files beside them."""
    secrets = folder / "alerts-secrets"
    secrets.mkdir()
    (secrets / "webhook_url").write_text(f"http://{host}:{http_port}/hook")
    (folder / "secrets" / "smtp_password").write_text(mailserver.PASSWORD)
    return {
        "HOLYSHEEP_IMAGE_ALERTS": "holysheep-test-alerts",
        "HOLYSHEEP_IMAGE_REPORT": "holysheep-test-report",
        "HOLYSHEEP_ALERTS_SECRETS": str(secrets),
        "HOLYSHEEP_REPORT_PERIOD": "today",
        "HOLYSHEEP_SMTP_HOST": host,
        "HOLYSHEEP_SMTP_PORT": str(mail_port),
        "HOLYSHEEP_SMTP_FROM": "elk@example.com",
        "HOLYSHEEP_SMTP_TO": "lead@example.com",
        "HOLYSHEEP_SMTP_USER": mailserver.USER,
    }


def _index(stack: Stack) -> None:
    """One call of now that costs more than a request may."""
    now = datetime.now(UTC)
    cost = {"status": "priced", "total": NANO / 1e9, "total_nano": NANO, "over_budget": True}
    call = {
        "@timestamp": now.isoformat(timespec="milliseconds"),
        "event": {"outcome": "success"},
        "gen_ai": {"request": {"model": MODEL}, "usage": {"input_tokens": 1000, "output_tokens": 10}},
        "holysheep": {"source": "webhook", "cost": cost, "price": {"model": MODEL}},
    }
    with stack.client() as es:
        es.index(index=f"{stack.prefix}-api-{now:%Y.%m.%d}", id="dear", document=call, refresh=True)


def _remove(stack: Stack, files: str | list[str] | None) -> None:
    """Other tests count documents, and start the stack without the overlays."""
    stack.run("rm", "--stop", "--force", "--volumes", *SERVICES)
    stack.use(files)
    with stack.client() as es:
        for hit in stack.search("api-*", {"term": {"gen_ai.request.model": MODEL}})["hits"]["hits"]:
            es.delete(index=hit["_index"], id=hit["_id"], refresh=True)
        state = list(es.indices.get(index="holysheep_alerts*"))
        if state:
            es.indices.delete(index=state)
    # The certificates' container without the overlay's volume, which then nobody uses.
    stack.run("up", "--detach", "--no-deps", "certs")
    with suppress(DockerException):
        stack.docker.volumes.get(f"{stack.project}_certs-alerts").remove(force=True)


def _runs(stack: Stack) -> int:
    """Runs of rules that ElastAlert has noted."""
    with stack.client() as es:
        es.indices.refresh(index="holysheep_alerts*")
        return int(es.count(index="holysheep_alerts_status")["count"])


def test_an_alert_arrives(started: Started) -> None:
    """The rule for expensive requests fires once, by way of the container's own user, certificate and channel."""
    stack = started.stack
    stack.wait(lambda: bool(started.received.bodies("/hook")), "an alert arrives at the webhook")
    alert = next(body for body in started.received.bodies("/hook") if body["rule"] == "cost-request")
    assert (alert["severity"], alert["who"], alert["figure"]) == ("warning", MODEL, "USD 0.7500")
    stack.wait(lambda: stack.healthy("alerts"), "the alerts container is healthy")


def test_alerts_of_an_existing_cluster(started: Started) -> None:
    """With a key of its own, the addresses and the authority that people name, ElastAlert runs its rules."""
    stack = started.stack
    # The one with the password is done, so that every run is of the one with the key.
    stack.run("stop", "alerts")
    earlier = _runs(stack)
    with stack.client() as es:
        secret = apikey.make(es, apikey.ALERTER)
    (stack.secrets / "alerter_api_key").write_text(secret)
    # What the overlay `existing-cluster` declares; its services are not wanted here.
    authority = {"secrets": {"cluster_ca": {"file": str(stack.authority)}}}
    (stack.folder / "compose" / "authority.yaml").write_text(yaml.safe_dump(authority))
    stack.compose.environment["HOLYSHEEP_ELASTICSEARCH"] = "https://elasticsearch:9200"
    before = stack.compose.compose_file_name
    stack.use(["compose.yaml", "alerts.yaml", "authority.yaml", "existing-cluster-alerts.yaml"])
    try:
        merged = json.loads(stack.run("config", "--format", "json"))["services"]["alerts"]
        assert {one["source"] for one in merged["secrets"]} == {"alerter_api_key", "cluster_ca"}
        told = stack.run("run", "--rm", "--no-deps", "alerts", "once")
    finally:
        stack.use(before)
        del stack.compose.environment["HOLYSHEEP_ELASTICSEARCH"]
    assert "warning goes to webhook" in told
    # ElastAlert notes each run of a rule that has a window to look at.
    assert _runs(stack) > earlier
    ident, _, key = secret.partition(":")
    with stack.client() as es:
        ours = es.options(basic_auth=None, api_key=(ident, key))
        with pytest.raises(AuthorizationException):
            ours.index(index=f"{stack.prefix}-api-2026.01.01", document={"@timestamp": "2026-01-01T00:00:00Z"})


def test_a_report_is_mailed_at_its_time(started: Started) -> None:
    """It comes when it is due, over TLS with a login, and has the cost of the day."""
    stack, mail = started.stack, started.mail
    stack.wait(lambda: bool(mail.mails), f"a report is mailed at {started.due:%H:%M}")
    assert datetime.now(UTC) >= started.due
    assert mail.logins == [mailserver.USER]
    (letter,) = mail.mails
    assert (letter["From"], letter["To"]) == ("elk@example.com", "lead@example.com")
    assert letter["Subject"].startswith(f"LLM usage and cost, {started.due:%Y-%m-%d} (UTC): $")
    (row,) = [line for line in letter.get_body(("plain",)).get_content().splitlines() if line.startswith(MODEL)]
    assert "$0.75" in row
    assert f"next report: {started.due:%Y-%m-%d %H:%M} UTC" in stack.container("report").logs().decode()
