"""Writes errors.learned.yaml; generator/registry/learned.py reads it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import yaml

from runner.host.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generator.registry.learned import Learned

_HEAD: Final = """\
# A model's verdicts on error messages that no rule of errors.yaml knows. Written by `holysheep-elk classify`. A person
# sets `state` to accepted or refused, by hand or with `classify --review`, then runs make render. Until then only
# `classify` gives the verdict to documents. The model is never asked twice for a template in this file.
"""


def save(path: Path, rules: Iterable[Learned]) -> None:
    """Write the file completely, or leave the old one."""
    ordered = [asdict(rule) for rule in sorted(rules, key=lambda rule: rule.template)]
    text = _HEAD + yaml.safe_dump({"rules": ordered}, allow_unicode=True, sort_keys=False, width=120)
    write_whole(path, text)
