"""What the client can be told: by arguments, else by the environment, else a default."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Pressure = Literal["spool", "drop_oldest", "block"]
MIB: Final = 1024 * 1024
#: Where the bundle's Filebeat reads lines of this client (registry/sources/client.yaml).
LOG_FILE: Final = "/var/log/holysheep/api_requests.log"
#: Setting → environment variables, the first that is set wins. LOG_FILE_PATH is the second document's name.
VARIABLES: Final[dict[str, tuple[str, ...]]] = {
    "service": ("HOLYSHEEP_SERVICE", "OTEL_SERVICE_NAME"),
    "environment": ("HOLYSHEEP_ENVIRONMENT",),
    "team": ("HOLYSHEEP_TEAM",),
    "log_file": ("HOLYSHEEP_LOG_FILE", "LOG_FILE_PATH"),
    "spool": ("HOLYSHEEP_SPOOL",),
    "prices": ("HOLYSHEEP_PRICES",),
    "prices_json": ("HOLYSHEEP_PRICES_JSON",),
    "user_key": ("HOLYSHEEP_USER_KEY",),
    "user_key_file": ("HOLYSHEEP_USER_KEY_FILE",),
    "webhook_url": ("HOLYSHEEP_WEBHOOK_URL",),
    "webhook_user": ("HOLYSHEEP_WEBHOOK_USER",),
    "webhook_password_file": ("HOLYSHEEP_WEBHOOK_PASSWORD_FILE",),
    "webhook_ca": ("HOLYSHEEP_WEBHOOK_CA",),
    "pressure": ("HOLYSHEEP_PRESSURE",),
    "sync": ("HOLYSHEEP_SYNC",),
    "keep_prompts": ("HOLYSHEEP_KEEP_PROMPTS",),
    "keep_completions": ("HOLYSHEEP_KEEP_COMPLETIONS",),
}
_TRUE: Final = frozenset({"1", "true", "yes", "on"})


def _state() -> Path:
    home = os.environ.get("XDG_STATE_HOME")
    try:
        return (Path(home) if home else Path.home() / ".local" / "state") / "holysheep" / "spool"
    except RuntimeError:
        # An account without a home folder.
        return Path(LOG_FILE).parent / ".spool"


@dataclass(frozen=True)
class Settings:
    """All settings of one logger."""

    service: str | None = None  #: the application's name
    environment: str | None = None
    team: str | None = None  #: who is charged
    log_file: Path = Path(LOG_FILE)
    max_file_bytes: int = 64 * MIB  #: then the file is rotated
    keep_files: int = 10  #: rotated files
    rotate_seconds: float = 5.0  #: at most one rotation in this time, so that Filebeat sees each file
    spool: Path = field(default_factory=_state)  #: folder for lines whose target is away
    max_spool_bytes: int = 256 * MIB  #: for each target; the oldest lines are dropped beyond, and counted
    prices: Path | None = None  #: rules.json or prices.json of the bundle; the package's own when None
    prices_json: str | None = None  #: the same as text
    user_key: str | None = None  #: key of the HMAC that stands for user ids
    user_key_file: Path | None = None  #: a file that holds it
    keep_prompts: bool = False
    keep_completions: bool = False
    webhook_url: str | None = None
    webhook_user: str = "holysheep"
    webhook_password_file: Path | None = None
    webhook_ca: Path | None = None
    flush_lines: int = 100
    flush_seconds: float = 5.0
    max_lines: int = 10_000  #: in memory
    max_bytes: int = 50 * MIB  #: in memory, an estimate of the lines' size
    pressure: Pressure = "spool"  #: what happens when the memory's bound is reached
    sync: bool = False  #: write each line before log() returns: kill -9 loses nothing
    handle_sigterm: bool = True  #: flush at SIGTERM, where the application has no handler of its own

    @cached_property
    def everywhere(self) -> tuple[tuple[str, str], ...]:
        """What every line says that says nothing else."""
        named = (("service", self.service), ("environment", self.environment), ("team", self.team))
        return tuple((name, value) for name, value in named if value is not None)

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, **arguments: Any) -> Settings:  # noqa: ANN401  # of any type; checked below
        """Arguments that are not None win over the environment. Raises ValueError for a value of a wrong form."""
        texts = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for name, variables in VARIABLES.items():
            text = next((texts[variable] for variable in variables if texts.get(variable)), None)
            if text is not None:
                values[name] = _typed(name, text)
        values.update({name: value for name, value in arguments.items() if value is not None})
        known = {each.name for each in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise ValueError(f"holysheep has no setting {unknown[0]!r}; settings are {', '.join(sorted(known))}")
        for name in ("log_file", "spool", "prices", "user_key_file", "webhook_password_file", "webhook_ca"):
            if name in values:
                values[name] = Path(values[name])
        if values.get("pressure", "spool") not in {"spool", "drop_oldest", "block"}:
            raise ValueError(f"pressure is {values['pressure']!r}: write spool, drop_oldest or block")
        return cls(**values)


def _typed(name: str, text: str) -> str | bool:
    return text.strip().lower() in _TRUE if name in {"sync", "keep_prompts", "keep_completions"} else text
