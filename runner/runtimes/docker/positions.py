"""What Filebeat says of the files below the log folder: how far each was read, and which it has open."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from generator.render.context import LOGS

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Prints Filebeat's registry of read positions: the newest checkpoint, then the operations after it. Then the files
#: that processes have open, as `ls -l` shows them; it complains of processes that end meanwhile.
COMMAND: Final = (
    "cd /usr/share/filebeat/data/registry/filebeat && cat $(ls [0-9]*.json 2>/dev/null | sort -n | tail -n 1) log.json"
    " && { echo; ls -l /proc/[0-9]*/fd 2>/dev/null; true; }"
)
#: A line of `ls -l` for an open file of the log folder. A deleted one has ` (deleted)` behind its name.
OPEN: Final = re.compile(rf" -> ({re.escape(LOGS)}/.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Positions:
    """Paths are those in the container."""

    #: Path → bytes that Logstash has confirmed.
    read: Mapping[str, int] = field(default_factory=dict)
    #: Files that Filebeat has open. None: it can't be told.
    opened: frozenset[str] | None = None


def parse(text: str) -> Positions:
    """The output of COMMAND."""
    # Filebeat has files of its own open, so that an output without any link tells nothing.
    opened = frozenset(OPEN.findall(text)) if " -> " in text else None
    return Positions(_offsets(text), opened)


def _offsets(text: str) -> dict[str, int]:
    """Path → bytes read, from a checkpoint and the operations after it."""
    states: dict[str, Any] = {}
    operation = ""
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            # Filebeat is writing the last line, or the line is one of `ls`.
            continue
        if isinstance(entry, list):
            states = {state["_key"]: state for state in entry}
        elif not isinstance(entry, dict):
            continue
        elif "op" in entry:
            operation = entry["op"]
        elif operation == "remove":
            states.pop(entry["k"], None)
        else:
            states[entry["k"]] = entry["v"]
    return {
        state["meta"]["source"]: int((state.get("cursor") or {}).get("offset", 0))
        for state in states.values()
        if isinstance(state, dict) and (state.get("meta") or {}).get("source")
    }
