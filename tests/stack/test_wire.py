"""TLS, passwords and rights, from outside."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

import pytest
from elasticsearch import AuthenticationException, AuthorizationException

from tests.rights import allowed, attempts
from tests.stack import feed
from tests.tls import ONLY_1_3, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.stack import Stack

pytestmark = pytest.mark.stack
REFUSED = "TLSV1_ALERT_PROTOCOL_VERSION"
PUBLISHED = ("elasticsearch", "webhook", "kibana")


@pytest.mark.parametrize("name", PUBLISHED)
def test_plain_http_is_refused(stack: Stack, name: str) -> None:
    """A client without TLS gets no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.ports[name], timeout=10)
    connection.request("GET", "/")
    with pytest.raises((http.client.HTTPException, OSError)):
        connection.getresponse()


def handshake(port: int, context: ssl.SSLContext, host: str) -> str | None:
    """The protocol that was agreed on."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        return secured.version()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_certificates_are_right_by_the_strict_rules(stack: Stack, name: str, host: str) -> None:
    """With our authority's certificate a client that verifies as Python 3.13 does gets in, by either name."""
    context = ssl.create_default_context(cafile=str(stack.authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    assert handshake(stack.ports[name], context, host) == "TLSv1.3"


@pytest.mark.parametrize("name", PUBLISHED)
def test_only_tls_1_3_is_taken(stack: Stack, name: str) -> None:
    """1.2 and 1.1 are refused by the server, by each service's own settings."""
    port = stack.ports[name]
    assert {version: answer("127.0.0.1", port, version) for version in ONLY_1_3} == ONLY_1_3


@pytest.mark.parametrize("name", PUBLISHED)
def test_another_authority_or_name_is_refused(stack: Stack, name: str) -> None:
    """A client that trusts others than our authority, or looks for another host, goes no further."""
    with pytest.raises(ssl.SSLCertVerificationError, match=r"issuer certificate|self-signed"):
        handshake(stack.ports[name], ssl.create_default_context(), "localhost")
    context = ssl.create_default_context(cafile=str(stack.authority))
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(stack.ports[name], context, "elk.example.com")


def ask_as_a_stranger(connection: ssl.SSLSocket) -> None:
    """Return when there was an answer. With TLS 1.3 the refusal comes with the first read."""
    with connection:
        connection.sendall(b"2W\0\0\0\1")
        if not connection.recv(1):
            raise ConnectionError("closed")


def test_the_beats_input_wants_a_certificate(stack: Stack) -> None:
    """Who is on the network but has no certificate of our authority can send no line."""
    address = next(iter(stack.container("logstash").attrs["NetworkSettings"]["Networks"].values()))["IPAddress"]
    context = ssl.create_default_context(cafile=str(stack.authority))
    try:
        plain = socket.create_connection((address, 5044), timeout=10)
    except OSError as error:
        pytest.skip(f"containers' addresses are not reached from here: {error}")
    with plain, pytest.raises((ssl.SSLError, ConnectionError)):
        ask_as_a_stranger(context.wrap_socket(plain, server_hostname="logstash"))
    assert answer(address, 5044, ssl.TLSVersion.TLSv1_2) == answer(address, 5044, ssl.TLSVersion.TLSv1_1) == REFUSED


@pytest.mark.parametrize("login", ["", "holysheep:", "holysheep:wrong", "elastic:wrong"])
def test_the_webhook_wants_its_password(stack: Stack, login: str) -> None:
    """Without the right one the answer is 401, and the body is nowhere."""
    body = b"".join(feed.calls("intruder", range(1)))
    assert feed.post(stack, body, login) == 401
    # One that is let in comes after it on the same way.
    tag = f"let-in-after-{len(login)}"
    assert feed.post(stack, b"".join(feed.calls(tag, range(1)))) == 200
    stack.wait(lambda: feed.ids(stack, tag) == feed.ids_of(tag, range(1)), "the line with the password is there")
    assert feed.ids(stack, "intruder") == []


@pytest.fixture
def document(stack: Stack) -> Iterator[tuple[str, str]]:
    """(index, id) of a document that is there before and after, untouched."""
    feed.post(stack, b"".join(feed.calls("kept", range(1))))
    stack.wait(lambda: bool(feed.ids(stack, "kept")), "the document is there")
    hit = stack.search("api-*", {"term": {"user.id": "kept"}})["hits"]["hits"][0]
    yield hit["_index"], hit["_id"]
    with stack.client() as es:
        result = es.get(index=hit["_index"], id=hit["_id"])
    assert (result["_version"], result["_source"]) == (1, hit["_source"])


@pytest.mark.parametrize("user", ["holysheep_writer", "holysheep_reader"])
def test_users_can_change_nothing(stack: Stack, document: tuple[str, str], user: str) -> None:
    """Writer and reader are refused every change of documents, indices, templates and users."""
    index, identity = document
    tried = {
        **attempts(stack.prefix),
        "update it": lambda es: es.update(index=index, id=identity, doc={"holysheep": {"source": "agent"}}),
        "overwrite it": lambda es: es.index(index=index, id=identity, document={"a": 1}),
        "delete it": lambda es: es.delete(index=index, id=identity),
    }
    with stack.client(user) as es:
        assert allowed(es, tried) == []


def test_the_writer_reads_nothing_and_the_reader_does(stack: Stack, document: tuple[str, str]) -> None:
    """A stolen writer password shows no document; the reader's is for looking."""
    index, identity = document
    with stack.client("holysheep_writer") as es:
        for attempt in (
            lambda: es.get(index=index, id=identity),
            lambda: es.search(index=index),
            lambda: es.search(index=f"{stack.prefix}-*"),
            lambda: es.count(index=index),
        ):
            with pytest.raises(AuthorizationException):
                attempt()
    with stack.client("holysheep_reader") as es:
        assert es.get(index=index, id=identity)["found"]


def test_there_is_no_default_password(stack: Stack) -> None:
    """The passwords that everybody tries are refused."""
    for password in ("changeme", "elastic", "password"):
        with stack.client("elastic", password) as es, pytest.raises(AuthenticationException):
            es.cluster.health()
