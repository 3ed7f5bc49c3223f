"""JSON text for generated files, and the note in them about their origin."""

from __future__ import annotations

import json
from typing import Any, Final

MADE_BY: Final = "holysheep-elk"


def json_text(data: Any) -> str:  # noqa: ANN401 - JSON is of any shape
    """Data as JSON: sorted keys, 2 spaces, UTF-8, LF. The same data gives the same bytes; a change is a small diff."""
    return json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def meta(*edit: str) -> dict[str, str]:
    """The `_meta` of a generated object: what manages it, and which file to edit instead."""
    return {"managed_by": MADE_BY, "edit": f"{' or '.join(edit)}, then: make render"}
