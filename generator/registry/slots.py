"""The slots: names for the values of a log line, the same for every source. `slots.yaml` lists them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from generator import yamltext
from generator.errors import UserError, show
from generator.explain import together

PATH: Final = Path(__file__).parent / "slots.yaml"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


@cache
def slots() -> dict[str, str]:
    """Name and meaning of every slot, in the order of the file. UserError names each wrong line."""
    return from_document(yamltext.read(PATH))


def from_document(document: yamltext.Document) -> dict[str, str]:
    """The slots of a YAML document that is already read."""
    if not isinstance(document.data, dict):
        raise UserError("is no mapping", where=document.where(()), hint="write `name: meaning` lines")
    errors = []
    for name, meaning in document.data.items():
        where = document.where((name,))
        if not _NAME.fullmatch(name):
            errors.append(UserError(f"{show(name)} is no slot name", where=where, hint="use a-z, 0-9 and _"))
        elif not isinstance(meaning, str):
            errors.append(UserError(f"{name} has no meaning", where=where, hint=f"write `{name}: what it means`"))
    if errors:
        raise together(errors)
    return dict(document.data)
