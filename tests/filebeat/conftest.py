"""A Filebeat to run, and where it reads and ships."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.filebeat.process import Filebeat, program
from tests.filebeat.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def binary() -> Path:
    """The program; a skip says that there is none."""
    result = program()
    if result is None or not result.is_file():
        pytest.skip("there is no Filebeat: HOLYSHEEP_FILEBEAT names none, and .ci/stack.sh has built none")
    return result


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A Logstash that only counts."""
    with Receiver() as running:
        yield running


@pytest.fixture
def filebeat(binary: Path, receiver: Receiver, tmp_path: Path) -> Iterator[Filebeat]:
    """A running Filebeat as it ships."""
    with Filebeat(binary, tmp_path, receiver.port) as running:
        yield running


def pytest_report_header() -> list[str]:
    """Which Filebeat is tested."""
    result = program()
    if result is None or not result.is_file():
        return []
    message = subprocess.run([str(result), "version"], capture_output=True, text=True, check=False, timeout=60).stdout
    return [f"filebeat: {message.strip()} of {result}"]
