"""The variables of the compose files, in this order: environment, compose/.env, the last `up`, defaults.

`up` notes the variables of its environment, so that a later `status`, `logs` and `down` see the same stack. An empty
value drops a noted variable. No variable is secret, by design.
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
#: End of a variable's name → (form of its value, what it is, an example). Compose, Java or Logstash would refuse
#: another one too, but later and without the variable's name.
FORMS: Final = {
    "_MEMORY": (r"\d+(\.\d+)?\s*([kmgt]i?)?b?", "a size", "2560m"),
    "_HEAP": (r"\d+[kmgt]|\d{7,}", "a size", "1g"),
    "_MAX_BYTES": (r"\d+(\.\d+)?\s*[kmgtp]?b?", "a size", "4gb"),
    "_UID": (r"\d+", "a user's number", "1000"),
    "_CERT_DAYS": (r"[1-9]\d*", "a number of days", "1095"),
    "_CANARY_S": (r"\d+", "a number of seconds", "60"),
    "_NOFILE": (r"[1-9]\d*", "a whole number", "65535"),
    "_CHECKPOINT_WRITES": (r"\d+", "a whole number", "1024"),
}
#: Files in which operating systems keep trusted authorities; the first that exists is used.
SYSTEM_CAS: Final = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
#: The user of the official images. Containers run as this user when the command runs as root.
IMAGE_USER: Final = 1000
MIB: Final = 1024 * 1024
#: Indices for each GiB of a master's heap, by Elastic's "Size your shards".
INDICES_A_GIB: Final = 3000


@cache
def _file() -> dict[str, Setting]:
    return envfile.read(ENV_FILE, os.environ)


@cache
def _remembered() -> dict[str, Setting]:
    return envfile.read(REMEMBERED, {})


def value(name: str, default: str) -> str:
    """The value of a variable, as compose sees it. An empty value counts as not set."""
    return _setting(name)[0] or default


def _setting(name: str) -> tuple[str, str]:
    """(value, where it is set); both empty when the variable is not set."""
    if name in os.environ:
        return os.environ[name], f"environment variable {name}"
    for path, settings in ((ENV_FILE, _file()), (REMEMBERED, _remembered())):
        if name in settings:
            return settings[name].value, f"{path}:{settings[name].line}"
    return "", ""


def port(name: str) -> int:
    """The port on this machine in a variable of PORTS. UserError, with file and line, when the value is no port."""
    text, where = _setting(name)
    text = text or str(PORTS[name])
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MAX_PORT:
        return int(text)
    hint = f"write a number from 1 to {MAX_PORT}, such as {name}={PORTS[name]}"
    raise UserError(f"{name} is {text!r}, which is no port", where=where, hint=hint)


def check() -> None:
    """UserError, with file and line, for the first value that has not its variable's form."""
    for name in PORTS:
        port(name)
    for name in sorted(names()):
        form = next((form for end, form in FORMS.items() if name.endswith(end)), None)
        text, where = _setting(name)
        if form and text and not re.fullmatch(form[0], text, re.IGNORECASE | re.ASCII):
            raise UserError(f"{name} is {text!r}, which is not {form[1]}", where=where, hint=f"write {name}={form[2]}")


def names() -> set[str]:
    """All variables of the compose files, HOLYSHEEP_OVERLAYS and COMPOSE_PROJECT_NAME."""
    files = (ROOT / "compose").glob("*.yaml")
    used = {name for file in files for name in re.findall(r"\$\{(HOLYSHEEP_[A-Z_]+)", file.read_text(encoding="utf-8"))}
    return used | {OVERLAYS, "COMPOSE_PROJECT_NAME"}


def as_last_time() -> dict[str, str]:
    """The variables that only an earlier `up` has set: neither the environment nor compose/.env has them."""
    earlier = {name: setting.value for name, setting in _remembered().items()}
    return {name: text for name, text in earlier.items() if name not in os.environ and name not in _file()}


def remember() -> None:
    """Note the variables of this `up`'s environment beside those of earlier ones. An empty value drops a variable."""
    current = {name: os.environ[name] for name in names() if name in os.environ}
    earlier = {name: setting.value for name, setting in _remembered().items()}
    noted = {name: text for name, text in {**earlier, **current}.items() if text}
    lines = ["# Variables of `make up`'s environment; compose/.env wins over them. To drop a line: NAME= make up"]
    lines += [envfile.line_of(name, text) for name, text in sorted(noted.items())]
    write_whole(REMEMBERED, "\n".join(lines) + "\n")
    forget_cached()


def change(values: Mapping[str, str]) -> None:
    """Change variables in compose/.env."""
    envfile.write(ENV_FILE, values)
    forget_cached()


def forget_cached() -> None:
    """Forget the read files, so that the next call reads them again."""
    _file.cache_clear()
    _remembered.cache_clear()


def cluster_ca() -> str:
    """The PEM file of the existing cluster's authority, as compose sees it; by default the system's bundle."""
    known = next((path for path in SYSTEM_CAS if os.path.isfile(path)), "")  # noqa: PTH113 - a constant, not a folder
    return value(CLUSTER_CA, known if value(CLUSTER, "") else "")


def user() -> int:
    """The user id of the containers: the current user's, so that nobody else can read the secret files."""
    own = os.getuid() if hasattr(os, "getuid") else IMAGE_USER
    return own or IMAGE_USER


def secrets() -> Path:
    """The folder of the secret files. A relative path starts at compose/, as for compose."""
    return _folder("HOLYSHEEP_SECRETS", SECRETS)


def subjects() -> Path:
    """The folder of the users' keys, which Logstash writes."""
    return _folder("HOLYSHEEP_SUBJECTS", FOLDER / "subjects")


def alert_secrets() -> Path:
    """The folder of what the channels of alerts need."""
    return _folder("HOLYSHEEP_ALERTS_SECRETS", FOLDER / "alerts")


def logs() -> Path:
    """The folder that Filebeat reads."""
    return _folder("HOLYSHEEP_LOGS", LOGS)


def seals() -> Path:
    """The folder into which the overlay `seal` writes."""
    return _folder("HOLYSHEEP_SEALS", STATE / "seals")


def _folder(name: str, default: Path) -> Path:
    path = (ROOT / "compose" / value(name, str(default))).resolve()
    if path.exists() and not path.is_dir():
        raise UserError(f"{name} names {path}, which is no folder", where=_setting(name)[1], hint="name a folder")
    return path


def environment(memory: int | None = None) -> dict[str, str]:
    """The environment variables of a compose command.

    `memory`: bytes of the engine's machine; the containers' limits are derived from it. UserError for a wrong value.
    """
    check()
    variables = {**as_last_time(), **os.environ}
    defaults = {"HOLYSHEEP_UID": str(user()), CLUSTER_CA: cluster_ca(), **(limits(memory) if memory else {})}
    for name, text in defaults.items():
        # An empty variable of the environment counts as not set, even when compose/.env has a value.
        if text and not variables.get(name) and (name in variables or name not in _file()):
            variables[name] = text
    return variables


def limits(memory: int) -> dict[str, str]:
    """Memory limits of the containers for a machine with `memory` bytes.

    Elasticsearch gets a third (its heap is half of that, 31 GiB at most), Logstash a fifth, Kibana an eighth. The rest
    is for the file cache and other programs. The number of shards that a node takes depends on its heap.
    """
    total = memory // MIB
    elasticsearch = min(max(total // 3, 1024), 62 * 1024)
    logstash = min(max(total // 5, 1536), 8 * 1024)
    kibana = min(max(total // 8, 1024), 2 * 1024)
    # Logstash needs memory outside its heap for network buffers and JRuby's code.
    heap = min((logstash - 768) * 2 // 3, 4 * 1024)
    return {
        "HOLYSHEEP_ELASTICSEARCH_MEMORY": f"{elasticsearch}m",
        "HOLYSHEEP_MAX_SHARDS": str(max(elasticsearch // 2 * INDICES_A_GIB // 1024, 1500)),
        "HOLYSHEEP_LOGSTASH_MEMORY": f"{logstash}m",
        "HOLYSHEEP_LOGSTASH_HEAP": f"{heap}m",
        "HOLYSHEEP_KIBANA_MEMORY": f"{kibana}m",
    }
