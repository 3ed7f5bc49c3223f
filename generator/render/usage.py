"""usage.json: the names of token counts in the providers' usage objects, for the client."""

from __future__ import annotations

import json
from typing import Final

from generator.registry import usage

PATH: Final = "client/holysheep/usage.json"
#: Slots of what stands beside the usage object, of costs that the API states, and of parts at the same price.
LEFT_OUT: Final = frozenset({"answer_items", "repeated", "reported", "reported_ticks"})


def files() -> dict[str, str]:
    """The file: each slot with the paths that fill it, the preferred first; one line a slot."""
    paths: dict[str, list[str]] = {}
    for group in usage.load().groups:
        for slot, keys in group.keys.items():
            if slot not in LEFT_OUT:
                paths.setdefault(slot, []).extend(key for key in keys if key not in paths.get(slot, ()))
    lines = [f"{json.dumps(slot)}: {json.dumps(keys)}" for slot, keys in sorted(paths.items())]
    return {PATH: "{\n" + ",\n".join(lines) + "\n}\n"}
