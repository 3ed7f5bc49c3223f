"""Why Elasticsearch didn't start or died, in words a person can act on, from its own logs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.cluster import failures

if TYPE_CHECKING:
    from pathlib import Path

<<<<<<< HEAD
#: Pattern in the logs → what it means, what to try. The first that is found is told.
KNOWN: Final[tuple[tuple[str, str, str], ...]] = (
    (
        r"Address already in use|Failed to bind|BindHttpException|BindTransportException",
        "its port is taken",
        "stop the other program or set HOLYSHEEP_ES_PORT",
    ),
    (
        r"java\.lang\.OutOfMemoryError|Could not reserve enough space|insufficient memory|Cannot allocate memory",
        "there is too little memory",
        "stop other programs, or give the machine more memory",
    ),
    (r"No space left on device", "the disk is full", "free some space, then try again"),
    (r"can ?not run elasticsearch as root", "it refuses root", "run this as an ordinary user"),
    (
        r"[Cc]annot downgrade",
        "its data was written by a newer version",
        "unset HOLYSHEEP_ES_VERSION, or remove the data with `make clean`",
    ),
    (
        r"minimum required Java version|UnsupportedClassVersionError|could not find java",
        "the Java doesn't fit",
        "install JDK 21 or newer, or point JAVA_HOME at one",
    ),
    (
        r"failed to obtain node locks|node\.lock",
        "another Elasticsearch uses its data folder",
        "stop that; `holysheep-elk status` shows ours",
    ),
    (r"AccessDeniedException|Permission denied", "it may not read or write one of its files", "see the line below"),
    (
        r"status logger logged an error before logging was configured|UnknownHostException",
        "the name of this machine can't be resolved",
        "add `127.0.0.1 NAME` to /etc/hosts, with what `hostname` says for NAME",
    ),
    (r"flood stage disk watermark", "the disk is nearly full, and it takes no more documents", "free some space"),
)
PORT_TAKEN: Final = KNOWN[0][1]
=======
>>>>>>> b63a2bf (Keep one list of what is applied, one table of known failures and one way to replace a file)
TAIL: Final = 256 * 1024


class PortTakenError(UserError):
    """Another program was quicker to take the port."""


def tail(path: Path, size: int = TAIL) -> str:
    """The end of a log; empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def explain(text: str) -> tuple[str, str, str]:
    """(what, what to try, the line that shows it) of a log's text."""
    # What is told as information is never the reason, but may quote its words: the JVM's own options name errors.
    lines = [line for line in text.splitlines() if "[INFO ]" not in line]
    if known := failures.known(lines, "embedded"):
        failure, line = known
        return failure.meaning, failure.hint("embedded"), line.strip()[:400]
    for line in reversed(lines):
        if re.search(r"\b(ERROR|FATAL)\b|Exception|^Error|exited", line):
            return "it ended", "see its log", line.strip()[:400]
    if re.search(r"\] closed\s*$", text):
        return "it was stopped in order, by something else than `down`", "start it again", ""
    return "it ended without a word", "perhaps the system killed it for lack of memory: see `dmesg`", ""


def failure(logs: list[Path]) -> UserError:
    """The error to raise, from what the logs say."""
    what, hint, line = explain("\n".join(tail(path) for path in logs))
    shown = f"\n  {line}" if line else ""
    places = ", ".join(str(path) for path in logs if path.is_file())
    kind = PortTakenError if what == failures.PORT_TAKEN.meaning else UserError
    return kind(f"Elasticsearch did not stay up: {what}", where="elasticsearch", hint=f"{hint} (logs: {places}){shown}")
