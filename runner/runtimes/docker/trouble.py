"""Explains why the containers did not start: the service, the reason from its log, and a hint."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.cluster import failures
from runner.runtimes.docker import engine, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

OUT_OF_MEMORY: Final = 137
#: A service whose stop looks like that. One that fails is restarting, never exited.
STOPPED_BY_KILL: Final = "filebeat"
#: A node's log line with the reason why it refuses a machine. The last lines of its log don't have the reason.
REFUSED: Final = "bootstrap check failure"
SEARCHED_LINES: Final = 60
DISK: Final = "docs/troubleshooting.md (a full disk)"
#: Logstash's log line about a pipeline that it could not start. It tries again every 3 s.
PIPELINE_FAILED: Final = "Failed to execute action"
#: How it names the pipeline whose plugins can't even be configured; of one that fails later it tells the `id`.
FAILED_ACTION: Final = re.compile(r"pipeline_id:(\S+)")
#: What it says of a wrong setting, before it says of the pipeline no more than VAGUE.
INVALID_SETTING: Final = "Invalid setting for "
VAGUE: Final = "Something is wrong with your configuration."
#: (pattern in a pipeline's failure, what it means, what to do). The number in the first is in what it means.
PIPELINE_SIGNS: Final = (
    (
        r"Unable to allocate (\d+) more bytes for persisted queue",
        "its disk has no room for the whole queue, {} more bytes are needed",
        f"free some space, or lower HOLYSHEEP_QUEUE_MAX_BYTES: {DISK}",
    ),
    (
        r"BufferUnderflowException",
        "a file of its queue is empty or cut off, as after a power loss",
        "docs/troubleshooting.md (a damaged queue)",
    ),
    (
        # The first try failed by a full disk or a damaged file, and left the lock to all that follow.
        r"fault occurred in an unsafe memory access|queue failed to obtain exclusive access",
        "its queue can't be opened: its first try failed, most likely on a full disk",
        f"free some space, then `{engine.RESTART} logstash`: {DISK}",
    ),
)
#: So many tries without success, 10 s, are no passing trouble.
PIPELINE_TRIES: Final = 4
#: The engine's words for a port that it can't publish.
TAKEN: Final = re.compile(
    r"(?:listen tcp\d? |Bind for )(\S+):(\d+):? (?:bind: address already|failed: port is already)"
)
#: Log lines of the last tries.
LOGSTASH_LINES: Final = 200


def explain(stderr: str) -> UserError:
    """The error to raise after `docker compose up` has failed."""
    # First: the others that were still starting then are healthy, or would be.
    if taken := _taken(stderr):
        return UserError(taken[0], where="docker compose", hint=taken[1])
    for row in engine.containers():
        state, health, code = row["State"], row.get("Health"), int(row.get("ExitCode") or 0)
        if state == "running" and health in ("healthy", "", None):
            continue
        if state == "created" or (state == "exited" and (code == 0 or row["Service"] == STOPPED_BY_KILL)):
            # This service did not fail; it waited for another, or somebody has stopped it.
            continue
        checked, words = engine.last_health(row["Name"]), engine.last_words(row["Name"])
        explained = _sign(_refusal(row["Name"])) or _sign(f"{checked}\n{words}") or _by_code(code)
        # Of a service that runs, the health check says what is wrong; its log may tell of something else.
        reason = (checked or words) if state == "running" else words
        what, hint = explained or (_last(reason) or f"{state}, exit code {code}", "see `make logs`")
        return UserError(what, where=row["Service"], hint=hint)
    what, hint = _sign(stderr) or (_last(stderr) or "docker compose up failed", "see `make logs`")
    return UserError(what, where="docker compose", hint=hint)


def broken_pipeline(containers: Iterable[engine.Row]) -> UserError | None:
    """The error to raise when a running Logstash can't start one of its pipelines; None when there is no such one.

    `containers`: from `engine.containers`.
    """
    row = next((row for row in containers if row["Service"] == "logstash" and row["State"] == "running"), None)
    if row is None or row.get("Health") == "healthy":
        return None
    return failed_pipeline(engine.last_words(row["Name"], LOGSTASH_LINES))


def failed_pipeline(log: str) -> UserError | None:
    """The error for a log of Logstash (JSON lines) that tells of a pipeline which has failed again and again."""
    failures_of: dict[str, list[str]] = {}
    invalid = ""
    for line in log.splitlines():
        event = _log_event(line)
        message = str(event.get("message", ""))
        if message.startswith(INVALID_SETTING):
            invalid = " ".join(word for word in message.split() if word != "#")
        if message == PIPELINE_FAILED and (pipeline := _pipeline(event)):
            # The failure's own `message`, which log.format.json.fix_duplicate_message_fields renames.
            text = str(event.get("message_1") or "")
            failures_of.setdefault(pipeline, []).append(invalid if invalid and text.endswith(VAGUE) else text)
        if (started := event.get("pipeline.id")) and event.get("message") == "Pipeline started":
            failures_of.pop(str(started), None)
    for pipeline, texts in failures_of.items():
        if len(texts) >= PIPELINE_TRIES:
            why, hint = _of_pipeline(texts)
            return UserError(f"the pipeline {pipeline} can't be started: {why}", where="logstash", hint=hint)
    return None


def _of_pipeline(texts: list[str]) -> tuple[str, str]:
    """Why a pipeline can't be started, in plain words where a failure is known, and what to do.

    `texts`: the failures of its tries. The newest of a kind counts.
    """
    for pattern, meaning, hint in PIPELINE_SIGNS:
        for text in reversed(texts):
            if match := re.search(pattern, text):
                return meaning.format(*(f"{int(number):,}" for number in match.groups())), hint
    return _last(texts[-1]) or "see its log", "`make logs` shows more; a rendered pipeline: `make check`"


def _pipeline(event: dict[str, object]) -> str:
    """The pipeline that a line about a failed action is of; empty when it names none."""
    action = FAILED_ACTION.search(str(event.get("action", "")))
    return str(event.get("id") or (action[1] if action else ""))


def _log_event(line: str) -> dict[str, object]:
    """What a line of Logstash's JSON log tells; empty for any other line."""
    start = line.find("{")
    try:
        event = json.loads(line[start:]).get("logEvent", {}) if start >= 0 else {}
    except (ValueError, AttributeError):
        return {}
    return event if isinstance(event, dict) else {}


def _taken(stderr: str) -> tuple[str, str] | None:
    """The address that another program listens on, and the variable that moves ours."""
    match = TAKEN.search(stderr)
    if match is None:
        return None
    variable = next((name for name in settings.PORTS if settings.port(name) == int(match[2])), "")
    hint = f"stop it, or set {variable} to a free port" if variable else "stop it: no variable moves this port"
    return f"another program listens on {match[1]}:{match[2]}", hint


def _refusal(container: str) -> str:
    lines = engine.last_words(container, SEARCHED_LINES).splitlines()
    return "\n".join(line for line in lines if REFUSED in line)


def _sign(text: str) -> tuple[str, str] | None:
    known = failures.known(text.splitlines(), "docker")
    return (known[0].meaning, known[0].hint("docker")) if known else None


def _by_code(code: int) -> tuple[str, str] | None:
    if code == OUT_OF_MEMORY:
        return "it was killed, most likely for want of memory", "give it more: HOLYSHEEP_…_MEMORY in docs/compose.md"
    return None


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
