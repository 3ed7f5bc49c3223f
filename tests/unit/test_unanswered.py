"""Connections that fail, in words: who was asked, and the system's own cause in place of a library's nested errors."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import docker
import pytest
from docker.errors import DockerException
from elastic_transport import TransportError
from elasticsearch import Elasticsearch

from runner import cli
from runner.cluster import reasons
from tests.serving import serving

if TYPE_CHECKING:
    from pathlib import Path


def told(url: str) -> str:
    """The sentence for an address that can't be asked."""
    with Elasticsearch(url, request_timeout=0.5, max_retries=0) as es, pytest.raises(TransportError) as error:
        es.info()
    return str(reasons.unanswered(error.value, "a hint"))


def test_a_port_on_which_nobody_listens() -> None:
    """Port 1 of this machine."""
    assert told("https://localhost:1") == "https://localhost:1: nobody answers (connection refused), a hint"


def test_a_name_that_is_unknown() -> None:
    """Names below .invalid never exist; the resolver's words differ from system to system."""
    assert told("https://es.invalid:9200").startswith("https://es.invalid:9200: nobody answers (")


def test_a_server_that_says_nothing() -> None:
    """It takes the connection alone."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert told(url) == f"{url}: nobody answers (timed out), a hint"


def test_http_where_https_was_asked_for() -> None:
    """Somebody answers, in the wrong language."""
    with serving(HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)) as server:
        assert "no safe connection (it speaks http, not https)" in told(f"https://127.0.0.1:{server.server_port}")


def test_no_docker_engine(tmp_path: Path) -> None:
    """Docker's client nests requests' and urllib3's errors in its own."""
    with pytest.raises(DockerException) as error:
        docker.DockerClient(f"unix://{tmp_path}/none.sock").version()
    assert reasons.cause_of(error.value) == "no such file or directory"


def test_a_command_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    """One line: address, cause, hint."""
    assert cli.main(["query", "daily-cost", "--url", "https://localhost:1"]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("https://localhost:1: nobody answers (connection refused), ")


@pytest.mark.parametrize("option", ["--api-key-file", "--password-file"])
def test_a_secret_file_that_is_no_text(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key in binary form: named before anything is sent."""
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe\x00key")
    words = ["--url", "https://localhost:1", "--user", "dana", option, str(file)]
    assert cli.main(["query", "daily-cost", *words]) == 2
    assert capsys.readouterr().err.startswith(f"{file}: is not text, ")
