"""A real OpenTelemetry Collector with the rendered configuration, and a webhook for it to post to."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import ssl
import subprocess
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Self

import yaml

from generator.paths import ROOT

FOLDER: Final = ROOT / ".ci" / "otelcol"
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "holysheep-elk"
PASSWORD: Final = "kept-in-a-file"  # noqa: S105  # of this test
WAIT_S: Final = 60.0


def program() -> Path | None:
    """The Collector that `.ci/otelcol.sh` built from these sources; None when it did not."""
    sources = b"".join((FOLDER / name).read_bytes() for name in ("main.go", "go.mod", "go.sum"))
    built = CACHE / f"otelcol-{hashlib.sha256(sources).hexdigest()[:16]}"
    return built if built.is_file() else None


def certificate(folder: Path) -> None:
    """otel.crt for localhost with its key, which is its own authority: ca.crt."""
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost",
            "-keyout", str(folder / "otel.key"), "-out", str(folder / "otel.crt"),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "ca.crt").write_bytes((folder / "otel.crt").read_bytes())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Webhook(ThreadingHTTPServer):
    """Over TLS, with the webhook's user and password; `statuses` answers the next requests that have them."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        """`folder` holds the certificate."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "otel.crt", folder / "otel.key")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.bodies: list[bytes] = []
        self.types: set[str] = set()
        self.strangers = 0
        self.statuses: list[int] = []


class _Handler(BaseHTTPRequestHandler):
    server: Webhook
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a body."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        expected = "Basic " + base64.b64encode(f"holysheep:{PASSWORD}".encode()).decode()
        status = 200
        if self.headers.get("Authorization") != expected:
            self.server.strangers += 1
            status = 401
        elif self.server.statuses:
            status = self.server.statuses.pop(0)
        if status == 200:
            self.server.bodies.append(body)
            self.server.types.add(self.headers["Content-Type"])
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Otelcol:
    """`with`: a Collector that takes OTLP with TLS on `grpc` and `http`, and writes `lines` by its file exporter."""

    def __init__(self, binary: Path, folder: Path, webhook_port: int) -> None:
        """`folder` holds the certificate."""
        self.grpc, self.http = free_port(), free_port()
        self.lines = folder / "otel.json"
        self._log = folder / "otelcol.log"
        config = folder / "collector.yaml"
        config.write_text(self._configuration(folder, webhook_port), encoding="utf-8")
        self._command = [str(binary), "--config", f"file:{config}"]
        self._process: subprocess.Popen[bytes] | None = None

    def _configuration(self, folder: Path, webhook_port: int) -> str:
        """The rendered one, with this machine's paths and ports."""
        text = (ROOT / "otel" / "collector.yaml").read_text(encoding="utf-8")
        (folder / "webhook_password").write_text(PASSWORD, encoding="ascii")
        queue = folder / "queue"
        queue.mkdir(exist_ok=True)
        for there, here in (
            ("/etc/holysheep/certs", str(folder)),
            ("/run/secrets", str(folder)),
            ("/var/lib/otelcol", str(queue)),
            ("https://logstash:8080", f"https://localhost:{webhook_port}"),
            ("0.0.0.0:4317", f"127.0.0.1:{self.grpc}"),
            ("0.0.0.0:4318", f"127.0.0.1:{self.http}"),
        ):
            assert there in text
            text = text.replace(there, here)
        config: dict[str, Any] = yaml.safe_load(text)
        config["exporters"]["file"] = {"path": str(self.lines), "flush_interval": "100ms"}
        config["service"]["pipelines"]["traces"]["exporters"].append("file")
        return yaml.safe_dump(config)

    def __enter__(self) -> Self:
        """Return when it listens."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        end = time.monotonic() + WAIT_S
        while True:
            try:
                for port in (self.grpc, self.http):
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                assert self._process.poll() is None, self.log()[-3000:]
                assert time.monotonic() < end, "the Collector does not listen"
                time.sleep(0.1)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        """SIGTERM; what it still holds is sent."""
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(30)
        finally:
            self._process.kill()

    def die(self) -> None:
        """SIGKILL, as when the machine dies."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def log(self) -> str:
        """What it said."""
        return self._log.read_text(encoding="utf-8", errors="replace")
