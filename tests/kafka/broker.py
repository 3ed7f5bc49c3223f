"""The overlay's broker as a local process: its own settings and start script, and certificates by certs.sh."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import time
import zipfile
from typing import TYPE_CHECKING, Final

from generator.paths import ROOT
from runner.host import maven
from tests import javas
from tests.kafka import jars
from tests.kafka.process import Process

if TYPE_CHECKING:
    from pathlib import Path

SERVICES: Final = ("authority", "kafka", "filebeat", "logstash")
WAIT_S: Final = 60.0
#: The class that each of the image's programs runs.
PROGRAMS: Final = {"kafka-storage.sh": "kafka.tools.StorageTool", "kafka-server-start.sh": "kafka.Kafka"}


def certificates(folder: Path) -> Path:
    """Authority and certificates as in the stack's volumes: certs.sh with Elasticsearch's own certutil."""
    work = folder / "elasticsearch"
    with zipfile.ZipFile(maven.fetch(maven.ELASTICSEARCH[javas.chosen().elasticsearch])) as archive:
        wanted = [name for name in archive.namelist() if not re.search(r"/modules/(?!x-pack-(core|security)/)", name)]
        archive.extractall(work, wanted)
    (home,) = work.iterdir()
    for path in (home / "bin").iterdir():
        path.chmod(0o755)
    root = folder / "certs"
    for name in SERVICES:
        (root / name).mkdir(parents=True)
    environment = {
        **os.environ, "HOLYSHEEP_CERTS": str(root), "HOLYSHEEP_CERTUTIL": str(home / "bin" / "elasticsearch-certutil"),
        "ES_JAVA_HOME": str(javas.chosen().jdk.home), "CLI_JAVA_OPTS": "-XX:TieredStopAtLevel=1",
    }  # fmt: skip
    subprocess.run(["bash", str(ROOT / "compose/scripts/certs.sh")], env=environment, check=True, timeout=120)
    return root


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker(Process):
    """`with`: a broker at `port`, until the end or `kill`."""

    def __init__(self, folder: Path, certs: Path) -> None:
        """`certs` as `certificates` makes them."""
        self.certs, self.port = certs, free_port()
        self._folder = folder
        settings = self._settings()
        script = (ROOT / "compose" / "scripts" / "kafka.sh").read_text(encoding="utf-8")
        for theirs, ours in {"/etc/holysheep/server.properties": settings, "/opt/kafka/bin": folder / "bin"}.items():
            assert theirs in script
            script = script.replace(theirs, str(ours))
        self._script = folder / "kafka.sh"
        self._script.write_text(script, encoding="utf-8")
        self.log = folder / "broker.log"

    def _settings(self) -> Path:
        """The overlay's settings, at other ports and folders; and the image's programs."""
        text = (ROOT / "compose" / "kafka" / "server.properties").read_text(encoding="utf-8")
        moved = {
            "kafka:9092": f"localhost:{self.port}", "//:9092": f"//127.0.0.1:{self.port}",
            "kafka:9093": (controller := f"localhost:{free_port()}"), "//:9093": f"//{controller}",
            "/etc/holysheep/certs": str(self.certs / "kafka"), "/var/lib/kafka/data": str(self._folder / "data"),
        }  # fmt: skip
        for theirs, ours in moved.items():
            assert theirs in text
            text = text.replace(theirs, ours)
        (self._folder / "bin").mkdir()
        library = jars.fetch("kafka_2.13", jars.shipped())
        for name, main in PROGRAMS.items():
            program = self._folder / "bin" / name
            words = shlex.join([*jars.java(), "-Xmx512m", "-cp", f"{library}/*", main])
            program.write_text(f'#!/bin/bash\nexec {words} "$@"\n', encoding="utf-8")
            program.chmod(0o755)
        path = self._folder / "server.properties"
        path.write_text(text, encoding="utf-8")
        return path

    def start(self) -> None:
        """Return when it listens."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(["/bin/bash", str(self._script)], stdout=log, stderr=log)
        end = time.monotonic() + WAIT_S
        while not self._listens():
            assert self._process.poll() is None, self.log.read_text(encoding="utf-8")[-3000:]
            assert time.monotonic() < end, "the broker does not listen"
            time.sleep(0.1)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
