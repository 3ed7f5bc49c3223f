"""The variables of the compose files: compose/.env, then the environment, then what fits this machine."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Final

from generator.paths import ROOT, STATE

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = STATE / "docker"
SECRETS: Final = FOLDER / "secrets"
LOGS: Final = FOLDER / "logs"
CA: Final = FOLDER / "ca.crt"
ENV_FILE: Final = ROOT / "compose" / ".env"
#: The user of the official images; also ours when this is run by root, since Elasticsearch refuses root.
IMAGE_USER: Final = 1000
MIB: Final = 1024 * 1024


@cache
def _file() -> dict[str, str]:
    """compose/.env: NAME=value lines; quotes around a value are taken off, as compose does."""
    found = {}
    try:
        lines = ENV_FILE.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    for line in lines:
        name, equals, text = line.strip().partition("=")
        if equals and not name.startswith("#"):
            found[name.strip()] = text.strip().strip("\"'")
    return found


def value(name: str, default: str) -> str:
    """A variable as compose will see it: the environment wins over compose/.env."""
    return os.environ.get(name) or _file().get(name) or default


def user() -> int:
    """The user of the containers: who runs this, so that the secret files can be read by nobody else."""
    own = os.getuid() if hasattr(os, "getuid") else IMAGE_USER
    return own or IMAGE_USER


def secrets() -> Path:
    """The folder of the secret files; a relative one counts from compose/, as compose has it."""
    return _folder("HOLYSHEEP_SECRETS", SECRETS)


def logs() -> Path:
    """The folder that Filebeat reads."""
    return _folder("HOLYSHEEP_LOGS", LOGS)


def _folder(name: str, default: Path) -> Path:
    return (ROOT / "compose" / value(name, str(default))).resolve()


def environment(memory: int | None = None) -> dict[str, str]:
    """The environment of a compose command. `memory`: bytes of the engine's machine, for limits that fit it."""
    found = dict(os.environ)
    chosen = {"HOLYSHEEP_UID": str(user()), **(limits(memory) if memory else {})}
    for name, text in chosen.items():
        if name not in _file():
            found.setdefault(name, text)
    return found


def limits(memory: int) -> dict[str, str]:
    """Memory limits for a machine with that many bytes: about two thirds of it, the rest is file cache and others.

    Elasticsearch takes a third (its heap is half of that, never above 31 GiB), Logstash a fifth, Kibana an eighth.
    """
    total = memory // MIB
    elasticsearch = min(max(total // 3, 1024), 62 * 1024)
    logstash = min(max(total // 5, 1536), 8 * 1024)
    kibana = min(max(total // 8, 1024), 2 * 1024)
    # Off the heap Logstash needs about as much for network buffers and JRuby's code.
    heap = min((logstash - 768) * 2 // 3, 4 * 1024)
    return {
        "HOLYSHEEP_ELASTICSEARCH_MEMORY": f"{elasticsearch}m",
        "HOLYSHEEP_LOGSTASH_MEMORY": f"{logstash}m",
        "HOLYSHEEP_LOGSTASH_HEAP": f"{heap}m",
        "HOLYSHEEP_KIBANA_MEMORY": f"{kibana}m",
    }
