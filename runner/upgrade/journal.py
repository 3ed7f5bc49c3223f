"""The journal of an upgrade, written before the first change, so that a second call can resume after a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from generator.files import read_json, write_whole
from generator.paths import STATE

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = STATE / "upgrade.json"
Row = dict[str, Any]


def read() -> Row:
    """The journal of an upgrade that has not ended; empty when there is none. UserError when it was cut off."""
    if not FILE.is_file():
        return {}
    row: Row = read_json(FILE, "delete it: the upgrade then begins anew")
    return row


def write(row: Mapping[str, Any]) -> None:
    """Write the journal: the versions, the documents before the upgrade, and its start time."""
    write_whole(FILE, json.dumps(row, indent=2) + "\n")


def forget() -> None:
    """Remove the journal: the upgrade has ended."""
    FILE.unlink(missing_ok=True)
