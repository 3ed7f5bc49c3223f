"""Explains why the containers did not start: the service, the reason from its log, and a hint."""

from __future__ import annotations

from typing import Final

from generator.errors import UserError
from runner.cluster import failures
from runner.runtimes.docker import engine

OUT_OF_MEMORY: Final = 137
#: A node's log line with the reason why it refuses a machine. The last lines of its log don't have the reason.
REFUSED: Final = "bootstrap check failure"
SEARCHED_LINES: Final = 60


def explain(stderr: str) -> UserError:
    """The error to raise after `docker compose up` has failed."""
    for row in engine.containers():
        state, health, code = row["State"], row.get("Health"), int(row.get("ExitCode") or 0)
        if state == "running" and health in ("healthy", "", None):
            continue
        if state == "created" or (state == "exited" and code == 0):
            # This service did not fail; it waited for another.
            continue
        output = "\n".join(filter(None, (engine.last_health(row["Name"]), engine.last_words(row["Name"]))))
        explained = _sign(_refusal(row["Name"])) or _sign(output) or _by_code(code)
        what, hint = explained or (_last(output) or f"{state}, exit code {code}", "see `make logs`")
        return UserError(what, where=row["Service"], hint=hint)
    what, hint = _sign(stderr) or (_last(stderr) or "docker compose up failed", "see `make logs`")
    return UserError(what, where="docker compose", hint=hint)


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
