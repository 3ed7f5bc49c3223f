"""A model server, and a logger whose lines the test reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from holysheep.logger import Logger
from holysheep.settings import Settings
from tests.client.openai_server import Api, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Logged:
    """A logger that writes to a file of its own."""

    def __init__(self, folder: Path) -> None:
        """`folder`: of the test."""
        self.path = folder / "api_requests.log"
        self.logger = Logger(Settings.read({}, log_file=self.path, spool=folder / "spool", handle_sigterm=False))
        self.log = self.logger.log

    def lines(self) -> list[dict[str, Any]]:
        """What was logged so far."""
        assert self.logger.flush()
        assert self.logger.stats()["unreadable"] == 0
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def line(self) -> dict[str, Any]:
        """The only line."""
        [line] = self.lines()
        return line


@pytest.fixture(scope="session")
def _server() -> Iterator[Api]:
    with running() as server:
        yield server


@pytest.fixture
def api(_server: Api) -> Api:
    """The server, without memory of other tests."""
    _server.plan.clear()
    _server.requests.clear()
    _server.headers_seen.clear()
    return _server


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Logged]:
    """The logger."""
    made = Logged(tmp_path)
    yield made
    made.logger.close()
