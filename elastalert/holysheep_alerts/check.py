"""Rules as ElastAlert itself loads them, and keys that it would silently ignore."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any, Final

import elastalert
from elastalert.config import load_conf
from elastalert.loaders import load_rule_schema
from elastalert.util import EAException
from elastalert.yaml import read_yaml

#: Read by the loader before the schema, and by our own rule types and texts.
OURS: Final = frozenset({"import", "holysheep"})
_READ: Final = re.compile(
    r"""\b(?:rule|rules|new_rule|self\.rule|self\.rules|conf)(?:\.get\(|\[)['"]([a-z_0-9]+)['"]"""
)


def known_keys() -> set[str]:
    """Every key of ElastAlert's schema, and those that its code reads though its schema does not name them."""
    schema = load_rule_schema().schema
    named = set(schema["properties"]) | {key for one in schema["oneOf"] for key in one.get("properties", {})}
    folder = Path(str(elastalert.__file__)).parent
    for path in folder.rglob("*.py"):
        named |= set(_READ.findall(path.read_text(encoding="utf-8")))
    return named


def unknown_keys(rule: dict[str, Any], known: set[str]) -> list[str]:
    """The keys of a rule that nobody reads."""
    return sorted(set(rule) - known - OURS)


def check(folder: Path) -> int:
    """0 when ElastAlert loads every rule and knows every key; else 1, and a line for each mistake."""
    mistakes: list[str] = []
    known = known_keys()
    loader = load_conf(
        argparse.Namespace(
            config=str(folder / "config.yaml"), verbose=False, debug=False, es_debug=True, es_debug_trace=None
        )
    )
    rules = loader["rules_loader"]
    paths = sorted((folder / "rules").glob("*.yaml"))
    for path in paths:
        mistakes += [f"{path.name}: ElastAlert knows no key {key!r}" for key in unknown_keys(read_yaml(path), known)]
        try:
            rules.load_configuration(str(path), loader, argparse.Namespace(debug=False))
        except EAException as error:
            mistakes.append(f"{path.name}: {str(error)[:1000]}")
    print("\n".join(mistakes) if mistakes else f"all {len(paths)} rules are as ElastAlert {_version()} takes them")
    return 1 if mistakes else 0


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - for this line alone

    return version("elastalert2")
