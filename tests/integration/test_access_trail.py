"""Who asked what: the shipped proxy settings in a real nginx before the real Elasticsearch, read by the real filter."""

from __future__ import annotations

import base64
import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from elasticsearch import ApiError, Elasticsearch

from generator.errors import UserError
from generator.paths import ROOT
from tests.filterrun import Filter, jruby
from tests.integration import nginx, people
from tests.integration.conftest import free_port
from tests.tls import ONLY_1_3, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.jruby, pytest.mark.newest]
#: Nothing of these may be in the log: they stand in queries, bodies, passwords and tokens.
SECRETS: Final = (
    "in-the-query",
    "in-the-body",
    "wrong-password",
    "secret-part-of-the-key",
    "secret-token",
    people.PASSWORD,
)
#: As Elasticsearch makes it: 20 characters of id, a colon, the secret part.
KEY: Final = base64.b64encode(b"VuaCfGcBCdbkQm-e5aOx:secret-part-of-the-key").decode()
#: A service account's token: 0, 1, 0, 1, then its name. This one is not valid.
KIBANA: Final = base64.b64encode(b"\0\1\0\1elastic/kibana/token:secret-token").decode()


def ask(node: Node, folder: Path, port: int) -> None:
    """What a person, a stranger, programs and Kibana ask for."""

    def client(**login: Any) -> Elasticsearch:  # noqa: ANN401 - the client's own
        url = f"https://localhost:{port}"
        return Elasticsearch(url, ca_certs=str(folder / "proxy.crt"), max_retries=0, **login)

    finance = client(basic_auth=("person-holysheep_finance", people.PASSWORD))
    finance.search(index=f"{node.prefix}-api-*", q="user.id:in-the-query", allow_no_indices=True)
    tried = [
        lambda: finance.search(index=f"{node.prefix}-audit-2025.01.01", query={"term": {"user.id": "in-the-body"}}),
        lambda: client(basic_auth=("mallory", "wrong-password")).info(),
        lambda: client(api_key=KEY).info(),
        lambda: client(bearer_auth="secret-token").info(),
        lambda: client(bearer_auth=KIBANA).info(),
    ]
    for attempt in tried:
        with pytest.raises(ApiError):
            attempt()


@pytest.fixture
def folder() -> Iterator[Path]:
    """For nginx's workers: as root they are another user, to whom pytest's own folders are closed."""
    with tempfile.TemporaryDirectory(prefix="holysheep-proxy-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_trail_says_who_asked_what_and_no_more(node: Node, folder: Path) -> None:
    """User, method, path with its index, and status of each request; no query, body, password, key or token."""
    port = free_port()
    people.add(node, ["holysheep_finance"])
    with nginx.running(folder, node.layout.authority, node.port, (port, free_port())):
        ask(node, folder, port)
        assert {version: answer("127.0.0.1", port, version) for version in ONLY_1_3} == ONLY_1_3
    (log,) = (folder / "logs").iterdir()
    assert re.fullmatch(r"access\.log-\d{4}-\d\d-\d\d", log.name)
    text = log.read_text(encoding="utf-8") + (folder / "errors").read_text(encoding="utf-8")
    assert [secret for secret in SECRETS if secret in text] == []
    assert KEY[24:] not in text
    prefix = f"/{node.prefix}"
    assert [tuple(json.loads(line)[name] for name in ("remote_user", "request_method", "uri", "status")) for line in
            log.read_text(encoding="utf-8").splitlines()] == [
        ("person-holysheep_finance", "POST", f"{prefix}-api-*/_search", "200"),
        ("person-holysheep_finance", "POST", f"{prefix}-audit-2025.01.01/_search", "403"),
        ("mallory", "GET", "/", "401"),
        (f"apikey_{KEY[:24]}", "GET", "/", "401"),
        ("bearer", "GET", "/", "401"),
        ("elastic/kibana", "GET", "/", "401"),
    ]  # fmt: skip
    check_documents(log)


def check_documents(log: Path) -> None:
    """What the bundle's own pipeline makes of the lines: each is one document in `access`."""
    try:
        running = Filter(jruby(), ROOT / "logstash" / "rules" / "rules.json")
    except UserError as error:
        pytest.skip(str(error))
    # The tests' filter lives in November 2026; today may be later.
    lines = [
        re.sub(r'"\d{4}-\d\d-\d\dT', '"2025-01-15T', line).encode() for line in log.read_text("utf-8").splitlines()
    ]
    try:
        documents = [document for answer_ in running.run("access", lines) for document in answer_]
    finally:
        running.close()
    assert {document["_index"] for document in documents} == {"holysheep-access-2025.01.15"}
    assert len({document["_id"] for document in documents}) == len(lines)
    refused = documents[1]["_source"]
    assert refused["user"] == {"name": "person-holysheep_finance"}
    assert refused["url"] == {"path": "/holysheep-audit-2025.01.01/_search", "domain": "elasticsearch"}
    assert refused["http"]["request"]["method"] == "POST"
    assert (refused["http"]["response"]["status_code"], refused["event"]["outcome"]) == (403, "failure")
    assert refused["client"] == {"ip": "127.0.0.1"}
    key = documents[3]["_source"]["user"]["name"].removeprefix("apikey_")
    assert base64.b64decode(key) == b"VuaCfGcBCdbkQm-e5a"


def test_kibanas_own_work_is_not_logged_unless_refused() -> None:
    """By the shipped file: its requests fill no index, a stolen token that is refused shows."""
    text = nginx.SETTINGS.read_text(encoding="utf-8")
    pattern = re.search(r'"~(\^elastic/kibana [^"]*)" 0', text)
    assert pattern is not None
    assert re.search(pattern[1], "elastic/kibana 200")
    assert not re.search(pattern[1], "elastic/kibana 401")
    assert not re.search(pattern[1], "elastic 200")
