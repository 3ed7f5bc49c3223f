"""Synthetic lines come by file and by webhook, and the next ones say how long that took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runner.cluster import canary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.stack import Stack

pytestmark = pytest.mark.stack
PERIOD_S = 20


@pytest.fixture
def often(stack: Stack) -> Iterator[Stack]:
    """The stack with a line every few seconds; afterwards with none, and without the lines: other tests count."""
    stack.compose.environment["HOLYSHEEP_CANARY_S"] = str(PERIOD_S)
    stack.run("up", "--detach", "--no-deps", "canary")
    yield stack
    stack.compose.environment["HOLYSHEEP_CANARY_S"] = "0"
    stack.run("up", "--detach", "--no-deps", "canary")
    # The last lines are still on their way: Filebeat looks at its files every second.
    stack.passes(5)
    stack.drained()
    with stack.client() as es:
        es.indices.delete(index=list(es.indices.get(index=f"{stack.prefix}-canary-*")))


def test_lines_by_file_and_webhook_are_found_and_timed(often: Stack) -> None:
    """Both paths have lines that arrive, and the time until a search returns one is below the period."""

    def paths() -> list[canary.Canary]:
        with often.client() as es:
            return [path for path in canary.read(es, often.prefix) if path.took_ms]

    often.wait(lambda: {path.path for path in paths()} == {"file", "webhook"}, "both paths are timed")
    for path in paths():
        assert path.took_ms is not None
        assert path.took_ms < PERIOD_S * 1000
        # A busy machine may be later than the service waits; not always.
        assert path.missing < path.lines
        assert path.age_s < 3 * PERIOD_S
        assert not path.late
    assert often.counts({"exists": {"field": "holysheep.canary.path"}}).keys() == {"canary"}
