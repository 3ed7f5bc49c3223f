"""Why the containers did not come up: which one, its own words, and what to try."""

from __future__ import annotations

from typing import Final

from generator.errors import UserError
from runner.cluster import failures
from runner.runtimes.docker import engine

<<<<<<< HEAD
#: Words in an error or a log → (what it means, what to try). The first that fits is said.
SIGNS: Final = (
    ("PASSWORD:", "the data volume was made with another password", "docs/compose.md (lost password)"),
    ("port is already allocated", "a port is taken", "stop what uses it, or set HOLYSHEEP_…_PORT: docs/compose.md"),
    ("address already in use", "a port is taken", "stop what uses it, or set HOLYSHEEP_…_PORT: docs/compose.md"),
    (
        "max file descriptors",
        "several nodes refuse to start with so few open files",
        "HOLYSHEEP_NOFILE=65535, on an engine that allows as many",
    ),
    ("vm.max_map_count", "vm.max_map_count is too low", "sysctl -w vm.max_map_count=1048576"),
    (
        "cannot downgrade a node",
        "the data was written by a newer Elasticsearch",
        "set HOLYSHEEP_VERSION to that: docs/upgrade.md",
    ),
    (
        "cannot upgrade a node",
        "the data is too old for this Elasticsearch",
        "by way of the newest 8.19: docs/upgrade.md",
    ),
    (
        "status logger logged an error before logging was configured",
        "Elasticsearch can't resolve the name of its own machine",
        "give its container a hostname that resolves: docs/troubleshooting.md",
    ),
    ("OutOfMemory", "too little memory", "give it more: HOLYSHEEP_…_MEMORY in docs/compose.md"),
    ("rlimit", "the limit of open files can't be set here", "set HOLYSHEEP_NOFILE to what `ulimit -Hn` says"),
    ("no space left on device", "the disk is full", "free some space, then `make up` again"),
    ("flood stage", "the disk is nearly full", "free some space, then `make up` again"),
    ("pull access denied", "an image can't be pulled", "check the names in HOLYSHEEP_IMAGE_…, or log in"),
    ("manifest unknown", "there is no image of that version", "check HOLYSHEEP_VERSION"),
    ("no such host", "an image can't be pulled: the registry is not reached", "docs/air-gapped.md"),
    ("Permission denied", "a file can't be read by the containers' user", "check HOLYSHEEP_UID: docs/compose.md"),
)
=======
>>>>>>> b63a2bf (Keep one list of what is applied, one table of known failures and one way to replace a file)
OUT_OF_MEMORY: Final = 137
#: What a node that is not alone says of a machine that it refuses; its last words only tell that it died.
REFUSED: Final = "bootstrap check failure"
SEARCHED_LINES: Final = 60


def explain(stderr: str) -> UserError:
    """The error to raise after `docker compose up` has failed."""
    for row in engine.containers():
        state, health, code = row["State"], row.get("Health"), int(row.get("ExitCode") or 0)
        if state == "running" and health in ("healthy", "", None):
            continue
        if state == "created" or (state == "exited" and code == 0):
            # Not the one that failed, but one that waited for it.
            continue
        words = "\n".join(filter(None, (engine.last_health(row["Name"]), engine.last_words(row["Name"]))))
        known = _sign(_refusal(row["Name"])) or _sign(words) or _by_code(code)
        what, hint = known or (_last(words) or f"{state}, exit code {code}", "see `make logs`")
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
