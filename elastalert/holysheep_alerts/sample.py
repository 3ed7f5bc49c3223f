"""One alert of a rule with made-up figures, so that a person sees that the channel works."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from elastalert.config import load_conf
from elastalert.util import EAException, dt_to_ts
from jinja2 import meta

from holysheep_alerts.describe import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path


def send(folder: Path, name: str) -> int:
    """Send it to every channel of the rule; 0 when all took it. Nothing is written to Elasticsearch."""
    path = folder / "rules" / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(rule.stem for rule in (folder / "rules").glob("*.yaml")))
        print(f"alerts: there is no rule {name!r}, known are {known}", file=sys.stderr)
        return 2
    settings = load_conf(
        argparse.Namespace(
            config=str(folder / "config.yaml"), verbose=False, debug=False, es_debug=False, es_debug_trace=None
        )
    )
    rule = settings["rules_loader"].load_configuration(str(path), settings, argparse.Namespace(debug=False))
    match = made_up(rule)
    for enhancement in rule["match_enhancements"]:
        enhancement.process(match)
    failed = 0
    for channel in rule["alert"]:
        kind = channel.get_info()["type"]
        channel.pipeline = {}
        try:
            channel.alert([match])
        except EAException as error:
            failed = 1
            print(f"{kind}: {error}", file=sys.stderr)
        else:
            print(f"{kind}: sent {match['subject']!r}")
    return failed


def made_up(rule: dict[str, Any]) -> dict[str, Any]:
    """A match in which every figure that the rule's text names is `(test)`."""
    names = meta.find_undeclared_variables(TEMPLATES.parse(rule["holysheep"]["text"])) - {
        "shown",
        "dashboard_url",
        "at",
    }
    return {
        **dict.fromkeys(names, "(test)"),
        "@timestamp": dt_to_ts(datetime.now(UTC)),
        "who": "TEST, nothing has happened",
        "figure": "(test)",
    }
