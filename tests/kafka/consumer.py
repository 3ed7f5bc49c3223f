"""Logstash's kafka input in miniature: the rendered options as properties, and Kafka's own client with them."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from generator.paths import ROOT
from runner.host import maven
from tests.filebeat.receiver import Event, key_of
from tests.kafka import jars
from tests.kafka.process import Process
from tests.logstash_conf import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Options of the plugin that are not the client's.
OWN: Final = {"id", "topics", "consumer_threads", "decorate_events", "codec"}
CERTS: Final = "/usr/share/logstash/certs"
DESERIALIZER: Final = "org.apache.kafka.common.serialization.StringDeserializer"
#: What the plugin sets of its own accord, where it differs from the client's defaults.
DEFAULTS: Final = {
    "key.deserializer": DESERIALIZER, "value.deserializer": DESERIALIZER,
    "session.timeout.ms": "10000", "request.timeout.ms": "40000", "receive.buffer.bytes": "32768",
}  # fmt: skip
SCRIPT: Final = ROOT / "tests" / "kafka" / "consume.rb"


def options() -> dict[str, Any]:
    """The options of the rendered kafka input."""
    conf = (ROOT / "logstash" / "pipeline" / "kafka.conf").read_text(encoding="utf-8")
    ((kind, result),) = parse(conf)["input"]
    assert kind == "kafka"
    return result


def topic() -> str:
    """The one that the input reads when no variable names another."""
    (name,) = options()["topics"]
    match = re.fullmatch(r"\$\{HOLYSHEEP_KAFKA_TOPIC:([^}]+)\}", name)
    assert match
    return match[1]


def properties(port: int, certs: Path) -> dict[str, str]:
    """What the plugin's `create_consumer` hands to the client: each option's name with dots for underscores."""
    result = dict(DEFAULTS)
    for name, value in options().items():
        if name not in OWN:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            result[name.replace("_", ".")] = text.replace(CERTS, str(certs / "logstash"))
    assert result["bootstrap.servers"] == "${HOLYSHEEP_KAFKA:kafka:9092}"
    return result | {"bootstrap.servers": f"localhost:{port}"}


class Consumer(Process):
    """`with`: reads until the end; `seen` counts what came."""

    def __init__(
        self, folder: Path, version: str, settings: dict[str, str], keep: Callable[[Event], Any] = key_of
    ) -> None:
        """`version` of Kafka's client; `keep` says what of an event is remembered."""
        path = folder / "consumer.properties"
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
        classes = f"{maven.fetch(maven.JRUBY)}:{jars.fetch('kafka-clients', version)}/*"
        self._command = [
            *jars.java(), "-Xmx1g", "-cp", classes, "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "org.jruby.Main", str(SCRIPT), str(path), topic(),
        ]  # fmt: skip
        self.seen: Counter[Any] = Counter()
        self.commits = 0
        self.log = folder / "consumer.log"
        self._keep = keep

    def start(self) -> None:
        """Start; what comes is in `seen` from now on."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=log)
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()

    def wait(self, count: int, longest_s: float = 60) -> None:
        """Return when so many different lines came; AssertionError when they don't."""
        end = time.monotonic() + longest_s
        while len(self.seen) < count:
            words = f"after {longest_s:.0f} s {len(self.seen):,} of {count:,} lines came: "
            assert time.monotonic() < end, words + self.log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.1)

    def wait_for(self, expected: set[Any], longest_s: float = 60) -> None:
        """Return when all of this came; AssertionError when it doesn't."""
        end = time.monotonic() + longest_s
        while not expected <= set(self.seen):
            words = f"after {longest_s:.0f} s {expected - set(self.seen)} did not come: "
            assert time.monotonic() < end, words + self.log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.1)

    def failure(self, longest_s: float = 60) -> str:
        """Its last words; AssertionError when it goes on."""
        assert self._process is not None
        self._process.wait(longest_s)
        return self.log.read_text(encoding="utf-8")

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for text in process.stdout:
            if text == b"COMMITTED\n":
                self.commits += 1
            elif text.endswith(b"\n"):
                self.seen[self._keep(json.loads(text))] += 1
