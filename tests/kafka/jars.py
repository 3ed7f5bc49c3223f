"""Kafka's broker and clients out of Maven, in the cache."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import pytest
import yaml

from generator.paths import ROOT
from runner.host import maven
from tests import javas

PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
TIMEOUT_S: Final = 300
#: The clients that logstash-integration-kafka has with Logstash 8.19 (11.8) and 9.5 (12.1), by its build.gradle.
CLIENTS: Final = {"8.19": "3.9.2", "9.5": "4.2.0"}


def shipped() -> str:
    """The broker's version: that of the overlay's image."""
    image = yaml.safe_load((ROOT / "compose" / "kafka.yaml").read_text(encoding="utf-8"))["services"]["kafka"]["image"]
    match = re.search(r":-apache/kafka:([0-9.]+)\}$", image)
    assert match
    return match[1]


def fetch(artifact: str, version: str) -> Path:
    """The folder with the jars of `kafka_2.13` or `kafka-clients`, and of all that they need; a skip says why not."""
    target = maven.cache_folder() / f"{artifact}-{version}"
    if target.is_dir():
        return target
    mvn = shutil.which("mvn")
    if mvn is None:
        pytest.skip("there is no mvn to get Kafka with")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        jars = Path(folder) / "jars"
        command = [
            mvn, "-q", "-B", "-f", str(Path(__file__).with_name("pom.xml")), PLUGIN,
            f"-Dartifact={artifact}", f"-Dkafka={version}", f"-DoutputDirectory={jars}", "-DincludeScope=runtime",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
        if done.returncode:
            pytest.skip(f"Maven could not get {artifact} {version}: {done.stdout.strip()[-500:]}")
        jars.rename(target)
    return target


def java() -> list[str]:
    """The launcher, with the options of a short life."""
    return [str(javas.chosen().jdk.java), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
