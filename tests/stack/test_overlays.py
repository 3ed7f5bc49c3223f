"""The overlays `alerts`, `report`, `rollup` and `seal`, built from their own files and started beside the stack: each
does its work once, also with the API keys of an existing cluster, is healthy, and ends when it is told to.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from elasticsearch import AuthorizationException

from generator.errors import UserError
from runner.cluster import key_file
from runner.runtimes.docker import apikey
from tests import mailserver
from tests.stack import overlays
from tests.stack.overlays import CLOSED, MODEL, NANO, SERVICES, Started, in_container

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.stack import Stack

#: Not `stack`: CI has no time for it, and what CI requires may not be skipped.
pytestmark = [
    pytest.mark.overlays,
    pytest.mark.skipif(
        not os.environ.get("HOLYSHEEP_OVERLAYS"),
        reason="builds a Debian and two images, which takes minutes: HOLYSHEEP_OVERLAYS=1",
    ),
]
#: Variables that only an existing cluster has.
CLUSTER: Final = ("HOLYSHEEP_ELASTICSEARCH", "HOLYSHEEP_ELASTICSEARCH_CA")


@pytest.fixture(scope="module")
def started(stack: Stack) -> Iterator[Started]:
    """The overlays beside the stack."""
    try:
        with overlays.running(stack) as result:
            yield result
    except UserError as error:
        pytest.skip(str(error))


def _runs(stack: Stack) -> int:
    """Runs of rules that ElastAlert has noted."""
    with stack.client() as es:
        es.indices.refresh(index="holysheep_alerts*")
        return int(es.count(index="holysheep_alerts_status")["count"])


def _sums(stack: Stack, kind: str) -> list[int]:
    """The costs that the rollups have of the dear model, in nano-USD, oldest first."""
    found = stack.search(f"{kind}-*", {"term": {"holysheep.price.model": MODEL}}, sort=["@timestamp"])
    return [hit["_source"]["holysheep"]["cost"]["total_nano"] for hit in found["hits"]["hits"]]


def _sealed(stack: Stack) -> set[str]:
    """The indices with a seal."""
    return {hit["_source"]["seal"]["index"] for hit in stack.search("seals-*", size=100)["hits"]["hits"]}


def _closed_index(stack: Stack) -> str:
    return f"{stack.prefix}-api-{datetime.now(UTC) - timedelta(days=CLOSED):%Y.%m.%d}"


def test_an_alert_arrives(started: Started) -> None:
    """The rule for expensive requests fires once, by way of the container's own user, certificate and channel."""
    stack = started.stack
    stack.wait(lambda: bool(started.received.bodies("/hook")), "an alert arrives at the webhook")
    alert = next(body for body in started.received.bodies("/hook") if body["rule"] == "cost-request")
    assert (alert["severity"], alert["who"], alert["figure"]) == ("warning", MODEL, "USD 0.7500")


def test_sums_are_written_and_exact(started: Started) -> None:
    """Both days, by quarter of an hour and by day, and the container's own comparison with the calls finds nothing."""
    stack = started.stack
    stack.wait(lambda: len(_sums(stack, "daily")) == 2, "the sums of both days are written")
    assert _sums(stack, "rollups") == _sums(stack, "daily") == [NANO, NANO]
    code, output = in_container(stack, "rollup", "rollup", "--check", "--json")
    assert code == 0, output
    assert json.loads(output[output.index("{") :])["differences"] == []


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


def test_a_closed_day_is_sealed_at_its_time(started: Started) -> None:
    """Its index has a seal in Elasticsearch and in the folder, `verify` finds it whole, and today is not sealed."""
    stack = started.stack
    stack.wait(lambda: bool(_sealed(stack)), f"a seal is made at {started.due:%H:%M}")
    assert _sealed(stack) == {_closed_index(stack)}
    (line,) = (stack.folder / "seals" / "seals.ndjson").read_text().splitlines()
    assert json.loads(line)["documents"] == 1
    code, output = in_container(stack, "seal", "verify", "--folder", "/seals", "--json")
    assert code == 0, output
    assert json.loads(output[output.index("{") :])["whole"] is True


def test_all_are_healthy_and_end_when_told(started: Started) -> None:
    """Also what a job says of itself by its health check: nothing failed. Nobody has to be killed."""
    stack = started.stack
    for name in SERVICES:
        stack.wait(lambda name=name: stack.healthy(name), f"{name} is healthy")  # type: ignore[misc]
    stack.run("stop", *SERVICES)
    # 128 and SIGTERM; ElastAlert ends by SIGINT, and of itself. 137 is a container that had to be killed.
    ended = {name: stack.container(name).attrs["State"]["ExitCode"] for name in SERVICES}
    assert ended == {"alerts": 0, "report": 143, "rollup": 143, "seal": 143}


@pytest.fixture
def with_keys(started: Started) -> Iterator[dict[str, str]]:
    """The same containers as for an existing cluster, with nothing but its address, its authority and their keys."""
    stack, environment = started.stack, started.stack.compose.environment
    stack.run("stop", *SERVICES)
    keys: dict[str, str] = {}
    with stack.client() as es:
        for name, role in apikey.OVERLAYS.items():
            keys[name] = apikey.make(es, role)
            file = stack.secrets / apikey.USED_BY[role][1]
            file.write_text(keys[name])
            os.chown(file, int(environment["HOLYSHEEP_UID"]), -1)
    overlays.remove_indices(stack, *(f"{stack.prefix}-{kind}-*" for kind in ("rollups", "daily", "seals")))
    (stack.folder / "seals" / "seals.ndjson").unlink(missing_ok=True)
    environment |= dict(zip(CLUSTER, ("https://elasticsearch:9200", str(stack.authority)), strict=True))
    before = stack.compose.compose_file_name
    own = [f"{name}.yaml" for name in SERVICES]
    stack.use(["compose.yaml", "existing-cluster.yaml", *own, *(f"existing-cluster-{file}" for file in own)])
    try:
        yield keys
    finally:
        stack.use(before)
        for name in CLUSTER:
            del environment[name]


def test_with_the_keys_of_an_existing_cluster(started: Started, with_keys: dict[str, str]) -> None:
    """Every overlay does its work again with a key of its own, and with no key can a call be written."""
    stack, mail = started.stack, started.mail
    earlier, letters = _runs(stack), len(mail.mails)
    due = overlays.start(stack, *SERVICES)
    for name in SERVICES:
        names = [str(mount["Destination"]) for mount in stack.container(name).attrs["Mounts"]]
        assert "/run/secrets/cluster_ca" in names
        assert not [path for path in names if path.endswith("_password") and "smtp" not in path]
    stack.wait(lambda: len(_sums(stack, "daily")) == 2, "the sums of both days are written again")
    assert in_container(stack, "rollup", "rollup", "--check")[0] == 0
    stack.wait(lambda: len(mail.mails) > letters, f"another report is mailed at {due:%H:%M}")
    stack.wait(lambda: _sealed(stack) == {_closed_index(stack)}, f"another seal is made at {due:%H:%M}")
    assert in_container(stack, "seal", "verify", "--folder", "/seals")[0] == 0
    # ElastAlert notes each run of a rule that has a window to look at.
    stack.wait(lambda: _runs(stack) > earlier, "rules run again")
    for name in SERVICES:
        stack.wait(lambda name=name: stack.healthy(name), f"{name} is healthy")  # type: ignore[misc]
    call: dict[str, Any] = {"index": _closed_index(stack), "document": {"@timestamp": "2026-01-01T00:00:00Z"}}
    with stack.client() as es:
        for key in with_keys.values():
            limited = es.options(basic_auth=None, api_key=key_file.pair(key))
            with pytest.raises(AuthorizationException):
                limited.index(**call)
