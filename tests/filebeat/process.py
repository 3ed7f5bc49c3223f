"""Filebeat itself: which program, and a run of it with the rendered configuration."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from generator.paths import ROOT
from generator.render.context import LOGS
from tests import composefile

#: Where .ci/stack.sh puts what it builds.
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "holysheep-elk"
WAIT_S: Final = 30.0
Variables = Mapping[str, str]
EMPTY: Final[Variables] = {}


def program() -> Path | None:
    """The Filebeat to test: HOLYSHEEP_FILEBEAT, else the newest that .ci/stack.sh built."""
    if named := os.environ.get("HOLYSHEEP_FILEBEAT"):
        return Path(named)
    built = sorted(CACHE.glob("filebeat-*"), key=lambda path: path.stat().st_mtime)
    return built[-1] if built else None


class Filebeat:
    """`with`: a process that reads `logs` and ships to a port of this machine."""

    def __init__(
        self, binary: Path, folder: Path, port: int, *, prefix: tuple[str, ...] = (), variables: Variables = EMPTY
    ) -> None:
        """`folder` keeps positions and settings from run to run; `prefix` is put before the command.

        `variables` are those of compose/.env. With HOLYSHEEP_KAFKA_PORT it ships to a broker, as the overlay does, with
        the certificates in `folder`/certs.
        """
        self.logs = folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self.data, self.log = folder / "data", folder / "filebeat.log"
        self._config = folder / "config"
        shutil.copytree(ROOT / "filebeat", self._config, dirs_exist_ok=True)
        for path in (self._config / "inputs.d").iterdir():
            text = path.read_text(encoding="utf-8").replace(LOGS, str(self.logs))
            path.write_text(text, encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.http: int = probe.getsockname()[1]
        self._command = [
            *prefix, str(binary), "--strict.perms=false", "--path.home", str(folder),
            "--path.config", str(self._config), "--path.data", str(self.data), "-c", "filebeat.yml",
            "-E", "output.logstash.ssl.enabled=false",
            "-E", f"http.port={self.http}", *(("-c", "kafka.yml") if "HOLYSHEEP_KAFKA_PORT" in variables else ()),
        ]  # fmt: skip
        self._environment = {
            **os.environ, "HOLYSHEEP_LOGSTASH_HOST": "127.0.0.1", "HOLYSHEEP_LOGSTASH_PORT": str(port),
            **variables,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start; return when its inputs run."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it, whatever it does."""
        self.stop()

    def start(self) -> None:
        """Return when its inputs run."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)
        end = time.monotonic() + WAIT_S
        while not self.running_inputs():
            assert self._process.poll() is None, self.log.read_text(encoding="utf-8")[-3000:]
            assert time.monotonic() < end, "no input was started"
            time.sleep(0.1)

    def stop(self) -> None:
        """As `docker stop` stops the container: by the signal of its service; SIGKILL after 30 s."""
        if self._process is not None and self._process.poll() is None:
            service = composefile.load()["services"]["filebeat"]
            self._process.send_signal(signal.Signals[service.get("stop_signal", "SIGTERM")])
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process is not None and self._process.poll() is None

    def stats(self) -> dict[str, Any]:
        """What it answers at /stats; nothing while it doesn't answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/stats", timeout=5) as answer:
                result: dict[str, Any] = json.load(answer)
                return result
        except OSError:
            return {}

    def running_inputs(self) -> int:
        """Inputs that inputs.d made."""
        return int(self.stats().get("libbeat", {}).get("config", {}).get("module", {}).get("running", 0))

    def complaints(self) -> list[str]:
        """Warnings and errors of its log, but for those of a Logstash that is away."""
        levels = ('"log.level":"warn"', '"log.level":"error"')
        lines = self.log.read_text(encoding="utf-8").splitlines()
        result = [line for line in lines if any(level in line for level in levels)]
        return [line for line in result if "publisher_pipeline_output" not in line and '"logstash"' not in line]
