"""Finds the values of a usage object by the names that the providers give them: usage.json."""

from __future__ import annotations

import json
import re
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Final = Path(__file__).with_name("usage.json")
#: What is billed by the piece.
UNITS: Final = ("images", "audio_seconds", "video_seconds", "characters", "pages", "search_units")
_TOOL: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
MAX_TOOLS: Final = 32
#: What templates and printers write between quotes for a value that is not there, as numbers.rb has them.
_ABSENT: Final = frozenset(
    {"", "null", "none", "nil", "undefined", "nan", "-", "<no value>", "<nil>", "<null>", "(null)"}
)
_ITEMS: Final = {"web_search_call": "web_search", "file_search_call": "file_search"}


class _Node(NamedTuple):
    """A key of a usage object. `rank`: 0 is the preferred spelling of its slot; `inner`: keys of an object there."""

    slot: str | None
    rank: int
    inner: dict[str, _Node]


@cache
def _tree() -> dict[str, _Node]:
    tree: dict[str, _Node] = {}
    for slot, paths in json.loads(NAMES.read_text(encoding="utf-8")).items():
        for rank, path in enumerate(paths):
            *outer, last = path.split(".")
            level = tree
            for key in outer:
                level = level.setdefault(key, _Node(None, 0, {})).inner
            level[last] = _Node(slot, rank, level[last].inner if last in level else {})
    return tree


def as_dict(value: object) -> dict[str, Any]:
    """A dict, a pydantic object or any object with attributes, as a dict; empty for anything else."""
    if isinstance(value, dict):
        return value
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        dumped = dump()
        return dumped if isinstance(dumped, dict) else {}
    return dict(vars(value)) if hasattr(value, "__dict__") else {}


def slots_of(usage: object) -> dict[str, Any]:
    """Slot → value, for all that the object says."""
    found: dict[str, tuple[int, Any]] = {}
    _walk(as_dict(usage), _tree(), found)
    return {slot: value for slot, (_, value) in found.items()}


def _walk(values: Mapping[str, Any], tree: Mapping[str, _Node], found: dict[str, tuple[int, Any]]) -> None:
    for key, value in values.items():
        node = tree.get(key)
        if node is None or value is None or (isinstance(value, str) and value.strip().lower() in _ABSENT):
            continue
        if node.inner and not isinstance(value, (int, float, str, list)):
            _walk(as_dict(value), node.inner, found)
        elif node.slot is not None and (node.slot not in found or found[node.slot][0] > node.rank):
            found[node.slot] = (node.rank, value)


def amount(value: object) -> int | float | None:
    """A quantity that can be written; None for anything else."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
    return value if number else None  # type: ignore[return-value]  # as `number` says


def tools(counts: object) -> dict[str, int]:
    """Calls by tool, under names that the pipeline takes; {"Web_Search": 2} is {"web_search": 2}."""
    if not isinstance(counts, dict):
        return {}
    named = {str(name).lower(): calls for name, calls in list(counts.items())[:MAX_TOOLS]}
    return {name: calls for name, calls in named.items() if type(calls) is int and calls and _TOOL.fullmatch(name)}


def tools_of_items(items: object) -> dict[str, int]:
    """Searches among the output items of OpenAI's responses. Opening a page that a search found is not billed."""
    calls: dict[str, int] = {}
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict) or (tool := _ITEMS.get(item.get("type", ""))) is None:
            continue
        action = item.get("action")
        if not (isinstance(action, dict) and action.get("type") not in {None, "search"}):
            calls[tool] = calls.get(tool, 0) + 1
    return calls
