"""Finds in Elasticsearch's logs why it did not start or why it ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.cluster import failures

if TYPE_CHECKING:
    from pathlib import Path

TAIL: Final = 256 * 1024
#: The first line of a record of the log; the lines of a stack trace begin otherwise.
RECORD: Final = re.compile(r"\[\d{4}-\d\d-\d\dT|(?:ERROR|Exception)\b")


class PortTakenError(UserError):
    """Another program took the port before Elasticsearch did."""


def tail(path: Path, size: int = TAIL) -> str:
    """The last `size` bytes of a log; empty when there is no log."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def explain(text: str) -> tuple[str, str, str]:
    """(reason, hint, the log line that shows the reason) from a log's text."""
    # An INFO line is never the reason, but may contain its words: the JVM's options name errors.
    lines = [line for line in text.splitlines() if "[INFO ]" not in line]
    if known := failures.known(lines, "embedded"):
        failure, line = known
        return failure.meaning, failure.hint("embedded"), line.strip()[:400]
    for line in reversed(_without_warnings(lines)):
        if re.search(r"\b(ERROR|FATAL)\b|Exception|^Error|exited", line):
            return "it ended with an error", "see its log", line.strip()[:400]
    if re.search(r"\] closed\s*$", text):
        return "it was shut down, but not by `down`", "start it again", ""
    return "it ended without an error in its log", "perhaps the system killed it for lack of memory: see `dmesg`", ""


def _without_warnings(lines: list[str]) -> list[str]:
    """The lines without warnings and the stack traces below them: a warning does not end Elasticsearch."""
    kept = []
    warned = False
    for line in lines:
        if RECORD.match(line):
            warned = "[WARN ]" in line
        if not warned:
            kept.append(line)
    return kept


def failure(logs: list[Path]) -> UserError:
    """The error to raise, with the reason from the logs."""
    what, hint, line = explain("\n".join(tail(path) for path in logs))
    shown = f"\n  {line}" if line else ""
    places = ", ".join(str(path) for path in logs if path.is_file())
    kind = PortTakenError if what == failures.PORT_TAKEN.meaning else UserError
    return kind(f"Elasticsearch did not stay up: {what}", where="elasticsearch", hint=f"{hint} (logs: {places}){shown}")
