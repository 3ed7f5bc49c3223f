"""The wire of the real cluster: TLS with our authority and nothing else, on the loopback alone."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from runner.runtimes.embedded import tls
from tests.tls import ONLY_1_3, answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.node import Node

pytestmark = pytest.mark.integration


def test_plain_http_is_refused(node: Node) -> None:
    """A client without TLS gets no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=10)
    connection.request("GET", "/")
    with pytest.raises((http.client.HTTPException, OSError)):
        connection.getresponse()


def test_a_client_with_another_authority_refuses_the_server(node: Node, tmp_path: Path) -> None:
    """Whoever doesn't have this checkout's ca.crt can't be led to believe in it."""
    tls.make(tmp_path / "other", node.jdk, "secret-of-the-other")
    context = ssl.create_default_context(cafile=str(tmp_path / "other" / "ca.crt"))
    with pytest.raises(ssl.SSLCertVerificationError), socket.create_connection(("127.0.0.1", node.port)) as plain:
        context.wrap_socket(plain, server_hostname="localhost")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_the_certificate_passes_the_strict_checks_of_new_pythons(node: Node, name: str) -> None:
    """Python 3.13 verifies by RFC 5280 in full."""
    context = ssl.create_default_context(cafile=str(node.layout.authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with (
        socket.create_connection(("127.0.0.1", node.port)) as plain,
        context.wrap_socket(plain, server_hostname=name) as secured,
    ):
        assert secured.version() == "TLSv1.3"


def test_the_transport_port_wants_a_certificate_of_ours(node: Node) -> None:
    """A local program can't join as a node: the transport layer asks for a client certificate."""
    with node.client() as es:
        address = es.nodes.info(node_id="_local")["nodes"]
    host, _, port = next(iter(address.values()))["transport_address"].rpartition(":")
    assert host == "127.0.0.1"
    context = ssl.create_default_context(cafile=str(node.layout.authority))
    with pytest.raises((ssl.SSLError, ConnectionError)):  # noqa: SIM117, PT012  # TLS 1.3 tells at the first read
        with (
            socket.create_connection((host, int(port))) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            secured.sendall(b"ES\0\0\0\0")
            if secured.recv(1) == b"":
                raise ConnectionError("closed")


def test_only_the_loopback_is_listened_on(node: Node) -> None:
    """No other machine can reach it."""
    with node.client() as es:
        actual = next(iter(es.nodes.info(node_id="_local", metric="http,transport")["nodes"].values()))
    addresses = actual["http"]["bound_address"] + actual["transport"]["bound_address"]
    assert {address.rpartition(":")[0] for address in addresses} == {"127.0.0.1"}


@pytest.mark.parametrize("layer", ["http", "transport"])
def test_only_tls_1_3_is_taken(node: Node, layer: str) -> None:
    """Of HTTP and of the transport layer: 1.3 is agreed on; 1.2 and 1.1 are refused by the server."""
    port = node.port
    if layer == "transport":
        with node.client() as es:
            address = next(iter(es.nodes.info(node_id="_local")["nodes"].values()))["transport_address"]
        port = int(address.rpartition(":")[2])
    assert {version: answer("127.0.0.1", port, version) for version in ONLY_1_3} == ONLY_1_3
