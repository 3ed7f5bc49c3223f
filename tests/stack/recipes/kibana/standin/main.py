"""Stands in for Kibana: HTTPS, and a status that is well while Elasticsearch takes its token."""

from __future__ import annotations

import json
import os
import signal
import ssl
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

Settings = dict[str, Any]


def settings(arguments: list[str]) -> Settings:
    """The files after each `-c`, later ones over earlier."""
    files = [arguments[index + 1] for index, word in enumerate(arguments) if word == "-c"]
    return {k: v for file in files for k, v in yaml.safe_load(Path(file).read_text(encoding="utf-8")).items()}


def available(known: Settings) -> bool:
    """Whether Elasticsearch knows the token."""
    authority = ssl.create_default_context(cafile=known["elasticsearch.ssl.certificateAuthorities"][0])
    request = urllib.request.Request(  # noqa: S310 - the rendered settings' own https address
        known["elasticsearch.hosts"][0] + "/_security/_authenticate",
        headers={"Authorization": f"Bearer {known['elasticsearch.serviceAccountToken']}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10, context=authority) as answer:  # noqa: S310 - the same
            return bool(json.load(answer)["username"] == "elastic/kibana")
    except (OSError, urllib.error.URLError):
        return False


def main() -> None:
    """Serve /api/status; everything else is not there."""
    known = settings(sys.argv[1:])
    for name in ("security", "encryptedSavedObjects", "reporting"):
        if len(known[f"xpack.{name}.encryptionKey"]) < 32:
            sys.exit(f"xpack.{name}.encryptionKey is too short")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            level = "available" if available(known) else "unavailable"
            result = {"name": "kibana", "status": {"overall": {"level": level}}, "version": {"number": "stand-in"}}
            text = json.dumps(result, separators=(",", ":")).encode()
            self.send_response(200 if self.path == "/api/status" else 404)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the class's signature
            """Requests are not logged."""

    server = ThreadingHTTPServer((str(known["server.host"]), 5601), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if known["server.ssl.supportedProtocols"] == ["TLSv1.3"]:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(known["server.ssl.certificate"], known["server.ssl.key"])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    # Nothing is kept, so there is nothing to wait for.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
