"""The rendered alert rules, compared with those that the alerts container has loaded.

The container reads the files of this checkout, every minute; there is nothing to write. It keeps the rule that it has
when a file is wrong.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.step import Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runner.runtime import Runtime

KIND: Final = "alert rule"
#: Seconds in which ElastAlert takes a changed file: it looks every minute, and a run of all rules takes some time.
TAKES_S: Final = 120.0
POLL_S: Final = 5.0
_TAKES: Final = "the container reads the file within a minute"


def steps(runtime: Runtime, folder: Path) -> list[Step]:
    """A step for each rule, or one that says why the rules can't be compared."""
    try:
        code, text = runtime.alerts(["loaded"])
    except UserError as error:
        return [_not_compared(error.what)]
    try:
        loaded = json.loads(text.strip().splitlines()[-1]) if code == 0 else None
    except (ValueError, IndexError):
        loaded = None
    if not isinstance(loaded, dict):
        return [_not_compared("the alerts container is of an older version; build it again: docs/alerts.md")]
    if not loaded:
        return [_not_compared("ElastAlert has not loaded its rules yet; its log says why: make logs")]
    return compare(loaded, folder)


def compare(loaded: dict[str, str], folder: Path) -> list[Step]:
    """The steps. `loaded`: name of the file → SHA-256 of what ElastAlert runs."""
    rendered = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.yaml"))}
    result = []
    for name, digest in rendered.items():
        rule = name.removesuffix(".yaml")
        if name not in loaded:
            result.append(Step("create", KIND, rule, notes=(_TAKES,)))
        elif loaded[name] != digest:
            result.append(Step("change", KIND, rule, notes=(f"an older version of the file runs; {_TAKES}",)))
        else:
            result.append(Step("unchanged", KIND, rule))
    gone = sorted(set(loaded) - set(rendered))
    return result + [Step("delete", KIND, name.removesuffix(".yaml"), notes=(_TAKES,)) for name in gone]


def wait(runtime: Runtime, folder: Path, say: Callable[[str], None]) -> list[Step]:
    """Wait until ElastAlert has loaded the rendered files. The steps that are left: files that it refuses."""
    until = time.monotonic() + TAKES_S
    say("alert rules: waiting until ElastAlert has read the files")
    while True:
        left = [step for step in steps(runtime, folder) if step.action in ("create", "change", "delete")]
        if not left or time.monotonic() > until:
            return left
        time.sleep(POLL_S)


def _not_compared(why: str) -> Step:
    return Step("skip", KIND, "all rules", notes=(f"not compared: {why}",))
