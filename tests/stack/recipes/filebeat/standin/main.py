"""Stands in for Filebeat: reads the rendered inputs' files and ships them as the real one would, at least once."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Never

from files import Registry, batches, inputs
from lumberjack import Sender

HOME = Path("/usr/share/filebeat")
CONFIG = HOME / "holysheep"
EVERY_S = 1.0


class Stats(BaseHTTPRequestHandler):
    """What the health check asks."""

    def do_GET(self) -> None:
        """An answer of Filebeat's form."""
        text = json.dumps({"filebeat": {}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the class's signature
        """Requests are not logged."""


def stop(*_: object) -> Never:
    """What was not acknowledged is sent again by the next run."""
    sys.exit(0)


def main() -> None:
    """Look, ship, note; for ever."""
    signal.signal(signal.SIGTERM, stop)
    known = inputs(CONFIG / "inputs.d")
    registry = Registry(HOME / "data" / "registry.json")
    sender = Sender("logstash", 5044, HOME / "certs")
    threading.Thread(target=HTTPServer(("127.0.0.1", 5066), Stats).serve_forever, daemon=True).start()
    while True:
        try:
            for key, offset, events in batches(known, registry):
                sender.send(events)
                registry.note(key, offset)
        except OSError as error:
            print(f"WARN Logstash does not take lines: {error}", file=sys.stderr, flush=True)
        time.sleep(EVERY_S)


if __name__ == "__main__":
    main()
