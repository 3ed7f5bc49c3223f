"""The stand-in for Kibana as a running HTTPS server, and a client of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runner.kibana.client import Kibana
from tests.unit.dashboards import fake_kibana

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Server:
    """The server, what it holds, and how to reach it."""

    state: fake_kibana.State
    url: str
    ca: Path

    def kibana(self, space: str = "default", **other: Any) -> Kibana:  # noqa: ANN401 - any field of Kibana
        """A client of it."""
        auth = "Basic ZWxhc3RpYzpzM2NyZXQ="
        return replace(Kibana(self.url, space, self.ca, auth), **other)


@contextmanager
def serving(keys: tuple[Path, Path]) -> Iterator[Server]:
    """A fresh server under a base path, with TLS."""
    state = fake_kibana.State()
    running, cert = fake_kibana.start(state, keys)
    try:
        yield Server(state, f"https://localhost:{running.server_address[1]}/kibana", cert)
    finally:
        running.shutdown()
        running.server_close()
