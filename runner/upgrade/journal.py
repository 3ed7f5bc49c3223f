"""What an upgrade writes down before its first change, so that a second call goes on after a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from generator.paths import STATE

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = STATE / "upgrade.json"
Row = dict[str, Any]


def read() -> Row:
    """What an upgrade that did not come to its end wrote down; empty when there is none."""
    try:
        row: Row = json.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return row


def write(row: Mapping[str, Any]) -> None:
    """Versions, documents before, and when it was begun."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(row, indent=2) + "\n", encoding="utf-8")


def forget() -> None:
    """The upgrade has come to its end."""
    FILE.unlink(missing_ok=True)
