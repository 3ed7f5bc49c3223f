"""Writes errors.learned.yaml; generator/registry/learned.py reads it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.registry.learned import Learned

_HEAD: Final = """\
# What a model said of error messages that no rule of errors.yaml knows. Written by `holysheep-elk classify`. A person
# sets `state` to accepted or refused, by hand or with `classify --review`, then: make render. Until then the verdict is
# given to documents by `classify` alone. A template in this file is never asked again.
"""


def save(path: Path, rules: Iterable[Learned]) -> None:
    """Write the whole file, or leave the old one."""
    ordered = [asdict(rule) for rule in sorted(rules, key=lambda rule: rule.template)]
    text = _HEAD + yaml.safe_dump({"rules": ordered}, allow_unicode=True, sort_keys=False, width=120)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, new = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(new).replace(path)
