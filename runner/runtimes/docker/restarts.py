"""Finds services that the engine has restarted: how often, when, and why they ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from docker.errors import DockerException

from runner.runtimes.docker import engine

if TYPE_CHECKING:
    from collections.abc import Iterable

#: (pattern in the log, why the service ended, what to do).
CAUSES: Final = (
    # Logstash logs its JVM's options at each start, -XX:+ExitOnOutOfMemoryError among them.
    (r"(?<!On)OutOfMemoryError", "its Java heap was full", "more HOLYSHEEP_…_MEMORY: docs/compose.md"),
    (r"No space left on device", "the disk is full", "free some space"),
    # Logstash's last words when its queue can't be written. They don't name the disk.
    (
        r"uncaught error \(in thread",
        "an error ended one of its threads, most likely since the disk is full",
        "free some space: docs/troubleshooting.md (a full disk)",
    ),
    (r"fatal signal|SIGSEGV", "the Java machine crashed", "`make logs` shows where"),
)
#: The log shows no reason. Most often the kernel kills a service that is above its memory limit.
UNKNOWN: Final = ("its log does not say why; perhaps it was above its memory limit", "more HOLYSHEEP_…_MEMORY")
#: Number of log lines to search: a start of Logstash or Elasticsearch writes some hundred.
LINES: Final = 2000
#: An older restart is no warning any more.
RECENT: Final = timedelta(minutes=15)


class Restart(NamedTuple):
    """Restarts of a service. `times`: since the container was made; `recent`: the last within 15 minutes."""

    service: str
    times: int
    recent: bool
    words: str


def look(rows: Iterable[dict[str, Any]]) -> list[Restart]:
    """One record for each service that the engine has restarted. `rows`: from `engine.containers`."""
    restarts = []
    for row in rows:
        try:
            container = engine.client().containers.get(row["Name"])
        except DockerException:
            continue
        times = int(container.attrs.get("RestartCount") or 0)
        if times:
            log = engine.last_words(row["Name"], LINES)
            restarts.append(describe(row["Service"], times, container.attrs["State"], log, datetime.now(UTC)))
    return restarts


def describe(service: str, times: int, state: dict[str, Any], log: str, now: datetime) -> Restart:
    """The record of a service. `state`: the engine's State of its container; `log`: the end of its log."""
    started = str(state.get("StartedAt", ""))
    why, hint = _cause(state, log)
    counted = "once" if times == 1 else f"{times} times"
    words = f"{service} ended and was restarted {counted}, last at {started[:19]}: {why}. {hint}"
    return Restart(service, times, now - _time(started) < RECENT, words)


def _cause(state: dict[str, Any], log: str) -> tuple[str, str]:
    if state.get("OOMKilled"):
        return "it was above its memory limit", "more HOLYSHEEP_…_MEMORY: docs/compose.md"
    return next(((why, hint) for pattern, why, hint in CAUSES if re.search(pattern, log)), UNKNOWN)


def _time(text: str) -> datetime:
    """A time of the engine, which has nanoseconds; a time long ago when the text is no time."""
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
