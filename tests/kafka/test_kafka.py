"""Lines by way of the overlay's topic: over mutual TLS, each of them, whatever is killed."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.filebeat.receiver import key_of
from tests.filebeat.writer import Writer, keys, line
from tests.kafka import jars
from tests.kafka.consumer import Consumer, properties

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.filebeat.process import Filebeat
    from tests.filebeat.receiver import Event, Key
    from tests.kafka.broker import Broker

pytestmark = pytest.mark.filebeat
#: The longest line that Filebeat reads: 16 MiB.
LONGEST = 16 * 1024 * 1024


def _key_of(tag: str) -> Callable[[Event], Key | None]:
    """The line's own id where it has this tag, else nothing: the topic has the lines of the other tests, too."""

    def keep(event: Event) -> Key | None:
        key = key_of(event)
        return key if str(key[0]).startswith(f"{tag}-") else None

    return keep


def test_every_line_comes(filebeat: Filebeat, broker: Broker, tmp_path: Path) -> None:
    """Broker and reader are killed under load, and each line is read, by the client of Logstash 8.19."""
    # The shortest time that a broker allows, after which it gives the partitions to the next reader.
    settings = properties(broker.port, broker.certs) | {"session.timeout.ms": "6000"}
    tag = "kafka"
    with Consumer(tmp_path, jars.CLIENTS["8.19"], settings, keep=_key_of(tag)) as consumer:
        with Writer(filebeat.logs / "client" / "app.log", tag) as writer:
            writer.grow(1000)
            broker.kill()
            writer.grow(1000)
            broker.start()
            consumer.wait(500)
            consumer.kill()
            writer.grow(500)
            consumer.start()
        consumer.wait_for(keys(tag, writer.written))
        assert keys(tag, writer.written) == set(consumer.seen) - {None}
        assert consumer.commits


def test_outages_of_the_broker(filebeat: Filebeat, broker: Broker, tmp_path: Path) -> None:
    """Few lines a second while nobody answers, twice. Kafka's client refused some, and Filebeat took them for sent."""
    tag, written = "outage", 0
    settings = properties(broker.port, broker.certs) | {"group.id": tag}
    log = filebeat.logs / "client" / "app.log"
    log.parent.mkdir()
    with Consumer(tmp_path, jars.CLIENTS["9.5"], settings, keep=_key_of(tag)) as consumer:
        for _ in range(2):
            broker.kill()
            for number in range(written, written + 100):
                with log.open("ab") as file:
                    file.write(line(tag, number))
                time.sleep(0.2)
            broker.start()
            written += 100
            consumer.wait_for(keys(tag, written))


def test_the_longest_line_comes(filebeat: Filebeat, broker: Broker, tmp_path: Path) -> None:
    """16 MiB of quotes, which JSON doubles: the line comes whole, as Filebeat's `message`, and so does the next one;
    by the client of Logstash 9.5.
    """
    name = "longest-000000"
    padding = (LONGEST - len(f'{{"log_id":"{name}","x":""}}\n')) // 2 * '\\"'
    text = f'{{"log_id":"{name}","x":"{padding}"}}\n'
    settings = properties(broker.port, broker.certs) | {"group.id": "longest"}

    def keep(event: Event) -> tuple[str, int, str] | None:
        message = str(event["message"])
        if "longest-" not in message[:40]:
            return None
        return json.loads(message)["log_id"], len(message), event["fields"]["holysheep"]["source"]

    with Consumer(tmp_path, jars.CLIENTS["9.5"], settings, keep=keep) as consumer:
        (filebeat.logs / "client").mkdir()
        (filebeat.logs / "client" / "long.log").write_bytes(text.encode() + line("longest", 1))
        follower = ("longest-000001", len(line("longest", 1)) - 1, "client")
        consumer.wait_for({(name, len(text) - 1, "client"), follower})


def test_who_has_no_certificate_of_ours_does_not_get_in(broker: Broker, tmp_path: Path) -> None:
    """Neither a client without a certificate, nor one that trusts other authorities."""
    ours = properties(broker.port, broker.certs) | {"group.id": "strangers", "default.api.timeout.ms": "10000"}
    bare = {name: value for name, value in ours.items() if not name.startswith("ssl.keystore")}
    trusting = {name: value for name, value in ours.items() if not name.startswith("ssl.truststore")}
    for settings in (bare, trusting):
        with Consumer(tmp_path, jars.CLIENTS["9.5"], settings) as consumer:
            assert "SslAuthenticationException" in consumer.failure()
            assert not consumer.seen
