"""Stands in for Logstash: its inputs, queue and output, and the bundle's real filter under JRuby between."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import beats
import webhook
from output import Output
from queued import Queue

HOME = Path("/usr/share/logstash")
RULES = HOME / "holysheep" / "rules" / "rules.json"
#: Logstash's pipeline.batch.size.
BATCH = 125
JAVA = ("java", "-Xss4m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
Event = dict[str, Any]


class Filter:
    """The JRuby process, for any number of threads. When it dies so do we, and the engine starts the container anew."""

    def __init__(self) -> None:
        """Start it."""
        self._lock = threading.Lock()
        prefix = json.loads(RULES.read_text(encoding="utf-8"))["index_prefix"]
        script = Path(__file__).with_name("filter.rb")
        jruby = [*JAVA, "-jar", str(Path(__file__).with_name("jruby.jar"))]
        self._process = subprocess.Popen(
            [*jruby, str(script), str(HOME / "holysheep" / "ruby"), str(RULES), prefix],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, task: Event) -> list[Event]:
        """The documents of one event, or the events of a webhook's body."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(task).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            print("ERROR the filter ended", file=sys.stderr)
            os._exit(1)
        result: list[Event] = json.loads(answer)
        return result


class Pipeline:
    """From the queue through the filter into Elasticsearch."""

    def __init__(self, queue: Queue, output: Output) -> None:
        """Nothing runs yet."""
        self.queue, self._output, self._filter = queue, output, Filter()
        self.out = self.dead = 0

    def accept(self, body: str, headers: dict[str, str]) -> None:
        """Take a webhook's body apart, and return when its documents are in the queue on disk."""
        self.queue.put(self._filter.run({"script": "webhook", "body": body, "headers": headers}))

    def run(self) -> None:
        """For ever."""
        while True:
            batch = self.queue.take(BATCH)
            documents = [one for _, event in batch for one in self._filter.run({"script": "gateway", "event": event})]
            letters: list[Event] = []
            for document, status, error in self._output.send(documents):
                metadata = {"index": document["_index"], "id": document["_id"]}
                event = {**document["_source"], "@metadata": metadata}
                letters += self._filter.run({"script": "deadletter", "event": event, "status": status, "error": error})
            for document, _, error in self._output.send(letters):
                print(f"ERROR a dead letter was refused: {document['_id']}: {error}", file=sys.stderr)
            self.out += len(batch)
            self.dead += len(letters)
            self.queue.remove(batch[-1][0])


def api(pipeline: Pipeline) -> type[BaseHTTPRequestHandler]:
    """What the health check, `status` and the tests ask of Logstash's API."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            events, size = pipeline.queue.size()
            gateway = {
                "events": {"out": pipeline.out},
                "queue": {"type": "persisted", "events_count": events, "queue_size_in_bytes": size},
                "dead_letter_queue": {"queue_size_in_bytes": 0},
            }
            text = json.dumps({"version": "stand-in", "pipelines": {"gateway": gateway}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the class's signature
            """Requests are not logged."""

    return Handler


def oldest(plugin: str) -> ssl.TLSVersion:
    """The oldest protocol of an input's `ssl_supported_protocols`, with variables as Logstash replaces them."""
    conf = (HOME / "pipeline" / "gateway.conf").read_text(encoding="utf-8")
    listed = re.search(rf"\n  {plugin} {{.*?ssl_supported_protocols => \[([^\n]*)\]\n", conf, re.DOTALL)
    assert listed is not None
    names = re.sub(r"\$\{(\w+):([^}]*)\}", lambda found: os.environ.get(found[1], found[2]), listed[1])
    return ssl.TLSVersion.TLSv1_2 if "TLSv1.2" in names else ssl.TLSVersion.TLSv1_3


def context(plugin: str, *, client: bool) -> ssl.SSLContext:
    """Our certificate; with `client` the other side must show one too."""
    certs = HOME / "certs"
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = oldest(plugin)
    tls.load_cert_chain(certs / "logstash.crt", certs / "logstash.key")
    if client:
        tls.load_verify_locations(certs / "ca.crt")
        tls.verify_mode = ssl.CERT_REQUIRED
    return tls


def main() -> None:
    """Start everything; the pipeline runs in the main thread, so that its end is ours."""
    # As process 1 we would not heed it otherwise; what is queued stays on disk.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    secrets = dict(
        line.split("=", 1) for line in Path(os.environ["HOLYSHEEP_KEYSTORE"]).read_text(encoding="ascii").splitlines()
    )
    output = Output(
        os.environ.get("HOLYSHEEP_ELASTICSEARCH", "https://elasticsearch:9200"),
        os.environ.get("HOLYSHEEP_ELASTICSEARCH_CA", str(HOME / "certs" / "ca.crt")),
        f"holysheep_writer:{secrets['HOLYSHEEP_WRITER_PASSWORD']}",
    )
    pipeline = Pipeline(Queue(HOME / "data" / "queue.sqlite"), output)
    login = f"holysheep:{secrets['HOLYSHEEP_WEBHOOK_PASSWORD']}"
    host = os.environ.get("HOLYSHEEP_API_HOST", "127.0.0.1")
    for server in (
        beats.Server(5044, context("beats", client=True), pipeline.queue.put),
        webhook.Server(8080, context("http", client=False), login, pipeline.accept),
        HTTPServer((host, 9600), api(pipeline)),
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    pipeline.run()


if __name__ == "__main__":
    main()
