"""The log sources and the error rules: one YAML a source, loaded, checked, and compiled for the filter."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.errors import UserError
from generator.paths import ROOT

FOLDER = Path(__file__).parent / "sources"
ERRORS = Path(__file__).parent / "errors.yaml"
SLOTS = ROOT / "logstash" / "ruby" / "holysheep" / "slots.rb"

Tree = dict[str, dict[str, Any]]


class Multiline(BaseModel):
    """Filebeat's multiline parser, its own option names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["pattern"]
    pattern: str
    negate: bool
    match: Literal["after", "before"]


class Shipping(BaseModel):
    """How Filebeat finds the source's files: `paths` below the log folder, `also` absolute ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paths: tuple[str, ...] = Field(min_length=1)
    also: tuple[str, ...] = ()
    multiline: Multiline | None = None


class Source(BaseModel):
    """One kind of log line: its form, the keys that tell it apart, and where its values stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: str
    format: Literal["json", "access", "syslog", "container"]
    own_id: bool
    detect: tuple[tuple[str, ...], ...]
    filebeat: Shipping
    keys: dict[str, tuple[str, ...]]


def _read(path: Path) -> Any:  # noqa: ANN401  # YAML is of any shape until the model has checked it
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise UserError(str(error).replace("\n", " "), where=path.name) from error


def slots() -> frozenset[str]:
    """Names that a source may map to; slots.rb is the one list, the filter indexes by it."""
    words = re.search(r"NAMES = %w\[(.*?)\]", SLOTS.read_text(encoding="utf-8"), re.DOTALL)
    if words is None:
        raise UserError("the list of slots is not there", where=str(SLOTS), hint="keep `NAMES = %w[…]`")
    return frozenset(words.group(1).split())


@cache
def load_sources() -> tuple[Source, ...]:
    """All sources by name. Raises UserError naming the file."""
    known = slots()
    found = []
    for path in sorted(FOLDER.glob("[a-z]*.yaml")):
        try:
            source = Source.model_validate(_read(path))
        except ValidationError as error:
            first = error.errors()[0]
            raise UserError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", where=path.name) from error
        if unknown := sorted(set(source.keys) - known):
            raise UserError(f"unknown slot {unknown[0]!r}", where=path.name, hint=f"one of {', '.join(sorted(known))}")
        if source.name != path.stem:
            raise UserError(f"is named {source.name!r}", where=path.name, hint=f"name: {path.stem}")
        found.append(source)
    return tuple(found)


def _common() -> dict[str, list[str]]:
    common: dict[str, list[str]] = _read(FOLDER / "_common.yaml")["keys"]
    if unknown := sorted(set(common) - slots()):
        raise UserError(f"unknown slot {unknown[0]!r}", where="_common.yaml")
    return common


def key_tree(source: Source) -> Tree:
    """The source's keys and the common ones as the tree that Extract walks: key → slot, rank, sub-tree."""
    taken = {path for paths in source.keys.values() for path in paths}
    common = _common() if source.format == "json" else {}
    tree: Tree = {}
    for slot in sorted({*source.keys, *common}):
        own = list(source.keys.get(slot, ()))
        paths = own + [path for path in common.get(slot, []) if path not in taken]
        for rank, path in enumerate(paths):
            _plant(tree, path.split("."), slot, rank, source.name)
            if path.startswith("gen_ai."):
                # OpenTelemetry exporters write attributes flat, under keys that hold dots.
                _plant(tree, [path], slot, rank, source.name)
    return tree


def _plant(tree: Tree, path: list[str], slot: str, rank: int, source: str) -> None:
    node = tree.setdefault(path[0], {})
    for part in path[1:]:
        node = node.setdefault("sub", {}).setdefault(part, {})
    if "slot" in node:
        raise UserError(f"{'.'.join(path)} fills both {node['slot']} and {slot}", where=f"{source}.yaml")
    node["slot"] = slot
    node["rank"] = rank


def source_rules() -> dict[str, Any]:
    """The static part of rules.json: every source's tree, and the error rules."""
    sources = {
        source.name: {
            "format": source.format,
            "own_id": source.own_id,
            "detect": [list(keys) for keys in source.detect],
            "keys": key_tree(source),
        }
        for source in load_sources()
    }
    errors = _read(ERRORS)
    errors["status"] = {str(status): name for status, name in errors["status"].items()}
    return {"sources": sources, "errors": errors}
