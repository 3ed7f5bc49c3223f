"""Where alerts go, by severity, from the environment and from secret files. Standard library only.

Each rule imports `critical.yaml` or `warning.yaml` (ElastAlert's own `import`). They are written at each start into
memory, since they hold secrets.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Json = dict[str, Any]

SEVERITIES: Final = ("critical", "warning")
COLORS: Final = {"critical": "danger", "warning": "warning"}
#: What an HTTP POST holds; each is a value that Describe put into the match.
PAYLOAD: Final = ("rule", "severity", "subject", "text", "who", "figure", "at", "dashboard_url")


class SettingsError(Exception):
    """A channel that is asked for and can't be used. The text says which setting is missing."""


class Settings:
    """The environment and the folder of secret files."""

    def __init__(self, environment: Mapping[str, str], secrets: Path) -> None:
        self.environment, self.secrets = environment, secrets

    def value(self, name: str) -> str:
        """A variable HOLYSHEEP_ALERTS_…, of the mail server HOLYSHEEP_SMTP_…; empty when it is not set."""
        prefix = "HOLYSHEEP_" if name.startswith("SMTP_") else "HOLYSHEEP_ALERTS_"
        return self.environment.get(f"{prefix}{name}", "").strip()

    def list(self, name: str) -> list[str]:
        """A variable that holds several, apart by commas."""
        return [part.strip() for part in self.value(name).split(",") if part.strip()]

    def secret(self, name: str) -> str:
        """A secret file's text; empty when there is none."""
        path = self.secrets / name
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def slack(settings: Settings, severity: str) -> Json:
    """An incoming webhook of Slack, or of what understands its form (Mattermost, Rocket.Chat)."""
    url = settings.secret("slack_webhook_url")
    if not url:
        return {}
    return {
        "slack_webhook_url": url,
        "slack_channel_override": settings.value("SLACK_CHANNEL"),
        "slack_username_override": "holysheep-elk",
        "slack_emoji_override": ":bell:",
        "slack_msg_color": COLORS[severity],
    }


def email(settings: Settings, severity: str) -> Json:  # noqa: ARG001 - every channel has this signature
    """Mail by SMTP. TLS by STARTTLS where the server offers it, or from the first byte with `tls`."""
    addresses, host = settings.list("EMAIL"), settings.value("SMTP_HOST")
    if not addresses or not host:
        return {}
    found: Json = {
        "email": addresses,
        "smtp_host": host,
        "smtp_port": int(settings.value("SMTP_PORT") or "587"),
        "smtp_ssl": settings.value("SMTP_SECURITY") == "tls",
        "from_addr": settings.value("SMTP_FROM") or addresses[0],
    }
    if settings.value("SMTP_USER"):
        found["smtp_auth_file"] = "smtp_auth.yaml"
    return found


def webhook(settings: Settings, severity: str) -> Json:  # noqa: ARG001 - see email
    """JSON by HTTP POST. The address is a secret, since it often holds a token."""
    url = settings.secret("webhook_url")
    if not url:
        return {}
    found: Json = {
        "http_post2_url": url,
        "http_post2_all_values": False,
        "http_post2_payload": {name: f"{{{{ {name} }}}}" for name in PAYLOAD},
    }
    if token := settings.secret("webhook_token"):
        found["http_post2_headers"] = {"Authorization": f"Bearer {token}"}
    return found


def pagerduty(settings: Settings, severity: str) -> Json:
    """An incident of PagerDuty (Events API 2), one for each rule and what it is about."""
    key = settings.secret("pagerduty_routing_key")
    if not key:
        return {}
    return {
        "pagerduty_api_version": "v2",
        "pagerduty_service_key": key,
        "pagerduty_client_name": "holysheep-elk",
        "pagerduty_incident_key": "{0} {1}",
        "pagerduty_incident_key_args": ["rule", "who"],
        "pagerduty_v2_payload_severity": severity,
        "pagerduty_v2_payload_source": "holysheep-elk",
    }


def alertmanager(settings: Settings, severity: str) -> Json:
    """Prometheus' Alertmanager (API 2). It groups and repeats by its own rules."""
    hosts = settings.list("ALERTMANAGER")
    if not hosts:
        return {}
    found: Json = {
        "alertmanager_hosts": hosts,
        "alertmanager_api_version": "v2",
        "alertmanager_labels": {"severity": severity, "source": "holysheep-elk"},
        "alertmanager_fields": {"who": "who"},
        "alertmanager_resolve_time": {"hours": 1},
    }
    if settings.value("ALERTMANAGER_USER"):
        found["alertmanager_basic_auth_login"] = settings.value("ALERTMANAGER_USER")
        found["alertmanager_basic_auth_password"] = settings.secret("alertmanager_password")
    return found


#: Our name → ElastAlert's name, and its settings.
CHANNELS: Final[dict[str, tuple[str, Callable[[Settings, str], Json]]]] = {
    "slack": ("slack", slack),
    "email": ("email", email),
    "webhook": ("post2", webhook),
    "pagerduty": ("pagerduty", pagerduty),
    "alertmanager": ("alertmanager", alertmanager),
}
#: What makes each usable, for people.
NEEDS: Final = {
    "slack": "the secret file slack_webhook_url",
    "email": "HOLYSHEEP_ALERTS_EMAIL and HOLYSHEEP_SMTP_HOST",
    "webhook": "the secret file webhook_url",
    "pagerduty": "the secret file pagerduty_routing_key",
    "alertmanager": "HOLYSHEEP_ALERTS_ALERTMANAGER",
}


def chosen(settings: Settings, severity: str) -> dict[str, Json]:
    """Channels of a severity and their settings: those named in HOLYSHEEP_ALERTS_CRITICAL or …_WARNING, else every
    one that has its settings. SettingsError for one that is named and has none.
    """
    named = settings.list(severity.upper())
    if unknown := [name for name in named if name not in CHANNELS]:
        raise SettingsError(
            f"HOLYSHEEP_ALERTS_{severity.upper()} names {unknown[0]!r}; known are {', '.join(CHANNELS)}"
        )
    found = {name: make(settings, severity) for name, (_, make) in CHANNELS.items() if name in (named or CHANNELS)}
    for name in named:
        if not found[name]:
            raise SettingsError(f"HOLYSHEEP_ALERTS_{severity.upper()} names {name}, which needs {NEEDS[name]}")
    return {name: keys for name, keys in found.items() if keys}


def write(settings: Settings, folder: Path) -> dict[str, list[str]]:
    """Write critical.yaml, warning.yaml and the account of the mail server; the channels of each severity."""
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, list[str]] = {}
    for severity in SEVERITIES:
        channels = chosen(settings, severity)
        keys: Json = {"alert": [CHANNELS[name][0] for name in channels] or ["debug"]}
        for more in channels.values():
            keys |= more
        if "smtp_auth_file" in keys:
            keys["smtp_auth_file"] = str(folder / keys["smtp_auth_file"])
        _write(folder / f"{severity}.yaml", keys)
        written[severity] = list(channels)
    account = {"user": settings.value("SMTP_USER"), "password": settings.secret("smtp_password")}
    _write(folder / "smtp_auth.yaml", account)
    return written


def _write(path: Path, data: Json) -> None:
    """JSON, which is YAML, for us alone. ElastAlert replaces `$NAME` in what it reads, so `$` is written as a code."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(data, indent=2).replace("$", "\\u0024") + "\n", encoding="utf-8")
