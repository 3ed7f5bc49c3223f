"""Changes lines of compose/.env: the person's own file, so everything else in it stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runner.runtimes.docker import settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def changed(text: str, values: Mapping[str, str]) -> str:
    """The text with those values: in place of the line that sets one, else at the end."""
    lines = text.splitlines()
    for name, value in values.items():
        setting = re.compile(rf"\s*(export\s+)?{re.escape(name)}\s*=")
        at = [number for number, line in enumerate(lines) if setting.match(line)]
        if at:
            # The last one counts, as compose has it.
            lines[at[-1]] = f"{name}={value}"
        else:
            lines.append(f"{name}={value}")
    return "\n".join(lines) + "\n"


def write(values: Mapping[str, str]) -> None:
    """Write it in one step; the next question sees it."""
    path = settings.ENV_FILE
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    part = path.with_name(path.name + ".part")
    part.write_text(changed(before, values), encoding="utf-8")
    part.replace(path)
    settings.forget_cached()
