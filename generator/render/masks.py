"""masks.json, rendered twice: for the filter and for the client. Neither reads the other's folder."""

from __future__ import annotations

import json
from typing import Final

from generator.registry import masks

PATHS: Final = ("logstash/rules/masks.json", "client/holysheep/masks.json")


def files() -> dict[str, str]:
    """Both files: one line a mask."""
    lines = [json.dumps(rule, sort_keys=True, ensure_ascii=False) for rule in masks.rules()]
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    return dict.fromkeys(PATHS, text)
