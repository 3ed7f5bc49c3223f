"""The variables of the compose files: the environment, then compose/.env, then as at the last `up`, then what fits.

What was given in the environment at an `up` is written down, so that `status`, `logs` and `down` see the same stack
without it being said again. To drop one, set it to nothing. No variable is secret, by design.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from generator.paths import ROOT, STATE
from runner.host.files import write_whole
from runner.runtimes.docker import envfile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runner.runtimes.docker.envfile import Setting

FOLDER: Final = STATE / "docker"
SECRETS: Final = FOLDER / "secrets"
LOGS: Final = FOLDER / "logs"
CA: Final = FOLDER / "ca.crt"
ENV_FILE: Final = ROOT / "compose" / ".env"
REMEMBERED: Final = FOLDER / "last-up.env"
OVERLAYS: Final = "HOLYSHEEP_OVERLAYS"
CLUSTER: Final = "HOLYSHEEP_ELASTICSEARCH"
CLUSTER_CA: Final = "HOLYSHEEP_ELASTICSEARCH_CA"
#: Variable → the port that it has when it is not set.
PORTS: Final = {
    "HOLYSHEEP_ELASTICSEARCH_PORT": 9200,
    "HOLYSHEEP_KIBANA_PORT": 5601,
    "HOLYSHEEP_WEBHOOK_PORT": 8080,
    "HOLYSHEEP_LOGSTASH_API_PORT": 9600,
}
MAX_PORT: Final = 65535
#: Where systems keep the authorities that they trust, the first that is there.
SYSTEM_CAS: Final = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
#: The user of the official images; also ours when this is run by root, since Elasticsearch refuses root.
IMAGE_USER: Final = 1000
MIB: Final = 1024 * 1024
#: Indices that a master of 1 GB heap can look after, by Elastic's "Size your shards".
INDICES_A_GIB: Final = 3000


@cache
def _file() -> dict[str, Setting]:
    return envfile.read(ENV_FILE, os.environ)


@cache
def _remembered() -> dict[str, Setting]:
    return envfile.read(REMEMBERED, {})


def value(name: str, default: str) -> str:
    """A variable as compose will see it. Set to nothing it is as if it were not set."""
    return _found(name)[0] or default


def _found(name: str) -> tuple[str, str]:
    """(value, where it is set); both empty when it is set nowhere."""
    if name in os.environ:
        return os.environ[name], f"environment variable {name}"
    for path, settings in ((ENV_FILE, _file()), (REMEMBERED, _remembered())):
        if name in settings:
            return settings[name].value, f"{path}:{settings[name].line}"
    return "", ""


def port(name: str) -> int:
    """The port on this machine that a variable of PORTS gives a service. UserError with file and line for no port."""
    text, where = _found(name)
    text = text or str(PORTS[name])
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MAX_PORT:
        return int(text)
    hint = f"write a number from 1 to {MAX_PORT}, such as {name}={PORTS[name]}"
    raise UserError(f"{name} is {text!r}, which is no port", where=where, hint=hint)


def names() -> set[str]:
    """Every variable of the compose files, and the two that choose between them and other stacks."""
    files = (ROOT / "compose").glob("*.yaml")
    used = {name for file in files for name in re.findall(r"\$\{(HOLYSHEEP_[A-Z_]+)", file.read_text(encoding="utf-8"))}
    return used | {OVERLAYS, "COMPOSE_PROJECT_NAME"}


def as_last_time() -> dict[str, str]:
    """What holds only because an earlier `up` was given it."""
    kept = {name: setting.value for name, setting in _remembered().items()}
    return {name: text for name, text in kept.items() if name not in os.environ and name not in _file()}


def remember() -> None:
    """Write down what this `up` was given in the environment, beside what earlier ones were; what is empty goes."""
    given = {name: os.environ[name] for name in names() if name in os.environ}
    before = {name: setting.value for name, setting in _remembered().items()}
    keep = {name: text for name, text in {**before, **given}.items() if text}
    lines = ["# What `make up` was given in the environment; compose/.env wins over it. To drop a line: NAME= make up"]
    lines += [envfile.line_of(name, text) for name, text in sorted(keep.items())]
    write_whole(REMEMBERED, "\n".join(lines) + "\n")
    forget_cached()


def change(values: Mapping[str, str]) -> None:
    """Change variables in compose/.env; the next question sees them."""
    envfile.write(ENV_FILE, values)
    forget_cached()


def forget_cached() -> None:
    """Read the files anew at the next question."""
    _file.cache_clear()
    _remembered.cache_clear()


def cluster_ca() -> str:
    """The PEM file of the existing cluster's authority as compose has it; the system's bundle when none is named."""
    known = next((path for path in SYSTEM_CAS if os.path.isfile(path)), "")  # noqa: PTH113 - a constant, not a folder
    return value(CLUSTER_CA, known if value(CLUSTER, "") else "")


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
    """The environment of a compose command. `memory`: bytes of the engine's machine, for limits that fit it.

    UserError when a port is none: compose would say so too, but without the file and the line.
    """
    for name in PORTS:
        port(name)
    found = {**as_last_time(), **os.environ}
    chosen = {"HOLYSHEEP_UID": str(user()), CLUSTER_CA: cluster_ca(), **(limits(memory) if memory else {})}
    for name, text in chosen.items():
        # Set to nothing it is as if it were not set, also where compose/.env has another value.
        if text and not found.get(name) and (name in found or name not in _file()):
            found[name] = text
    return found


def limits(memory: int) -> dict[str, str]:
    """Memory limits for a machine with that many bytes: about two thirds of it, the rest is file cache and others.

    Elasticsearch takes a third (its heap is half of that, never above 31 GiB), Logstash a fifth, Kibana an eighth. The
    shards that a node takes follow from its heap.
    """
    total = memory // MIB
    elasticsearch = min(max(total // 3, 1024), 62 * 1024)
    logstash = min(max(total // 5, 1536), 8 * 1024)
    kibana = min(max(total // 8, 1024), 2 * 1024)
    # Off the heap Logstash needs about as much for network buffers and JRuby's code.
    heap = min((logstash - 768) * 2 // 3, 4 * 1024)
    return {
        "HOLYSHEEP_ELASTICSEARCH_MEMORY": f"{elasticsearch}m",
        "HOLYSHEEP_MAX_SHARDS": str(max(elasticsearch // 2 * INDICES_A_GIB // 1024, 1500)),
        "HOLYSHEEP_LOGSTASH_MEMORY": f"{logstash}m",
        "HOLYSHEEP_LOGSTASH_HEAP": f"{heap}m",
        "HOLYSHEEP_KIBANA_MEMORY": f"{kibana}m",
    }
