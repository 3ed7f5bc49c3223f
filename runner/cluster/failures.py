"""Known failures of Elasticsearch, its containers and the Docker engine: what they mean, and how to fix them.

There is one table for both modes. A failure means the same in both; how to fix it depends on the mode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Mode = Literal["docker", "embedded"]


@dataclass(frozen=True)
class Failure:
    """A known failure. A mode without a hint can't have the failure."""

    #: Regular expression over lines of a log or an error; upper and lower case are the same.
    pattern: str
    meaning: str
    docker: str = ""
    embedded: str = ""

    def hint(self, mode: Mode) -> str:
        """How to fix the failure in a mode; empty where that mode can't have it."""
        return self.docker if mode == "docker" else self.embedded


PORT_TAKEN: Final = Failure(
    r"port is already allocated|address already in use|failed to bind|BindHttpException|BindTransportException",
    "its port is taken",
    docker="stop what uses it, or set HOLYSHEEP_…_PORT: docs/compose.md",
    embedded="stop the other program or set HOLYSHEEP_ES_PORT",
)
#: The first failure that matches is reported, so a cause stands before the failures that follow from it.
FAILURES: Final[tuple[Failure, ...]] = (
    Failure(r"PASSWORD:", "the data volume was made with another password", docker="docs/compose.md (lost password)"),
    PORT_TAKEN,
    Failure(
        r"max file descriptors",
        "several nodes refuse to start with so few open files",
        docker="HOLYSHEEP_NOFILE=65535, on an engine that allows as many",
    ),
    Failure(r"vm\.max_map_count", "vm.max_map_count is too low", docker="sysctl -w vm.max_map_count=1048576"),
    Failure(
        r"cannot downgrade",
        "its data was written by a newer version of Elasticsearch",
        docker="set HOLYSHEEP_VERSION to that: docs/upgrade.md",
        embedded="unset HOLYSHEEP_ES_VERSION, or remove the data with `make clean`",
    ),
    Failure(
        r"cannot upgrade a node",
        "its data is too old for this Elasticsearch",
        docker="by way of the newest 8.19: docs/upgrade.md",
    ),
    Failure(
        r"OutOfMemory|could not reserve enough space|insufficient memory|cannot allocate memory",
        "there is too little memory",
        docker="give it more: HOLYSHEEP_…_MEMORY in docs/compose.md",
        embedded="stop other programs, or give the machine more memory",
    ),
    Failure(
        r"rlimit", "the limit of open files can't be set here", docker="set HOLYSHEEP_NOFILE to what `ulimit -Hn` says"
    ),
    Failure(
        r"no space left on device",
        "the disk is full",
        docker="free some space, then `make up` again",
        embedded="free some space, then try again",
    ),
    Failure(r"can ?not run elasticsearch as root", "it refuses root", embedded="run this as an ordinary user"),
    Failure(
        r"minimum required Java version|UnsupportedClassVersionError|could not find java",
        "the Java doesn't fit",
        embedded="install JDK 21 or newer, or point JAVA_HOME at one",
    ),
    Failure(
        r"failed to obtain node locks|node\.lock",
        "another Elasticsearch uses its data folder",
        embedded="stop that; `holysheep-elk status` shows ours",
    ),
    Failure(
        r"flood stage",
        "the disk is nearly full, and it takes no more documents",
        docker="free some space, then `make up` again",
        embedded="free some space",
    ),
    Failure(
        r"pull access denied", "an image can't be pulled", docker="check the names in HOLYSHEEP_IMAGE_…, or log in"
    ),
    Failure(r"manifest unknown", "there is no image of that version", docker="check HOLYSHEEP_VERSION"),
    Failure(r"no such host", "an image can't be pulled: the registry can't be reached", docker="docs/air-gapped.md"),
    Failure(
        r"status logger logged an error before logging was configured|UnknownHostException",
        "the name of its machine can't be resolved",
        docker="give its container a hostname that resolves: docs/troubleshooting.md",
        embedded="add `127.0.0.1 NAME` to /etc/hosts, with what `hostname` says for NAME",
    ),
    Failure(
        r"AccessDeniedException|permission denied",
        "it may not read or write one of its files",
        docker="check HOLYSHEEP_UID: docs/compose.md",
        embedded="see the line below",
    ),
)


def known(lines: Iterable[str], mode: Mode) -> tuple[Failure, str] | None:
    """The first failure of the table that matches a line, with the last line that it matches; None when none does."""
    newest_first = list(lines)[::-1]
    for failure in FAILURES:
        if failure.hint(mode):
            for line in newest_first:
                if re.search(failure.pattern, line, re.IGNORECASE):
                    return failure, line
    return None
