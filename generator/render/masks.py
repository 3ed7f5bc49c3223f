"""What is masked, rendered twice: for the filter and for the client. Neither reads the other's folder."""

from __future__ import annotations

import json
from typing import Final

from generator.registry import mask_rules
from generator.render.dump import json_text

#: Each reader's folder, and the end of a text in its language's expressions.
READERS: Final = {"logstash/rules": r"\z", "client/holysheep": r"\Z"}


def files() -> dict[str, str]:
    """`masks.json`, one line a mask, and `secret_names.json` for both readers."""
    lines = [json.dumps(rule, sort_keys=True, ensure_ascii=False) for rule in mask_rules.rules()]
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    out: dict[str, str] = {}
    for folder, end in READERS.items():
        out[f"{folder}/masks.json"] = text
        out[f"{folder}/secret_names.json"] = json_text(mask_rules.secret_names(end))
    return out
