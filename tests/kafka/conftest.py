"""One broker for all tests of the overlay, and a Filebeat that ships to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.filebeat.conftest import binary as binary  # noqa: PLC0414  # a fixture
from tests.filebeat.process import Filebeat
from tests.kafka.broker import Broker, certificates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder a service, as certs.sh lays them."""
    return certificates(tmp_path_factory.mktemp("certs"))


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory, certs: Path) -> Iterator[Broker]:
    """The overlay's broker."""
    with Broker(tmp_path_factory.mktemp("broker"), certs) as running:
        yield running


@pytest.fixture
def filebeat(binary: Path, broker: Broker, tmp_path: Path) -> Iterator[Filebeat]:
    """A running Filebeat with the overlay's output."""
    (tmp_path / "certs").symlink_to(broker.certs / "filebeat")
    variables = {"HOLYSHEEP_KAFKA_HOST": "localhost", "HOLYSHEEP_KAFKA_PORT": str(broker.port)}
    with Filebeat(binary, tmp_path, 1, variables=variables) as running:
        yield running
