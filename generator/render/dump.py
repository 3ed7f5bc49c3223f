"""The two forms in which generated files are written, and what they say of themselves."""

from __future__ import annotations

import json
from typing import Any, Final

MADE_BY: Final = "holysheep-elk"


def json_text(data: Any) -> str:  # noqa: ANN401 - JSON is of any shape
    """Sorted, indented by 2, UTF-8 as it is, LF: the same data gives the same bytes, and a change a small diff."""
    return json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def meta(*edit: str) -> dict[str, str]:
    """Where an API takes remarks: who made the thing and what to edit instead."""
    return {"managed_by": MADE_BY, "edit": f"{' or '.join(edit)}, then: make render"}
