"""The log sources and the error rules: one YAML a source, loaded, checked, and compiled for the filter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from generator import yamltext
from generator.errors import UserError, UserErrors
from generator.explain import together, validate
from generator.registry import source_checks as checks
from generator.registry.errors import error_rules

if TYPE_CHECKING:
    from generator.yamltext import Document

FOLDER = Path(__file__).parent / "sources"

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


@dataclass(frozen=True)
class SourceFile:
    """A source, and the document that knows its lines."""

    source: Source
    document: Document


class _Common(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: dict[str, tuple[str, ...]]


def read(path: Path) -> Document:
    """A source's YAML; errors call it by its folder and name."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"can't be read: {error}", where=str(path)) from None
    return yamltext.parse(text, f"{path.parent.name}/{path.name}")


def load_folder(folder: Path = FOLDER) -> list[SourceFile]:
    """All sources of a folder by name. UserErrors names each wrong line of every file."""
    files: list[SourceFile] = []
    errors: list[UserError] = []
    for path in sorted(folder.glob("[a-z]*.yaml")):
        try:
            document = read(path)
            source = validate(Source, document, see="see docs/add-a-log-source.md")
            files.append(SourceFile(source, document))
        except UserErrors as error:
            errors += error.errors
        except UserError as error:
            errors.append(error)
    errors += [error for file in files for error in checks.check_source(file)]
    errors += checks.check_detects(files)
    if errors:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    return files


@cache
def load_sources() -> tuple[Source, ...]:
    """All sources of the bundle by name. UserErrors names each wrong line."""
    return tuple(file.source for file in load_folder())


@cache
def _common() -> dict[str, tuple[str, ...]]:
    document = read(FOLDER / "_common.yaml")
    common = validate(_Common, document).keys
    if errors := checks.unknown_slots(common, document):
        raise together(errors)
    return common


def key_tree(source: Source) -> Tree:
    """The source's keys and the common ones as the tree that Extract walks: key → slot, rank, sub-tree."""
    taken = {path for paths in source.keys.values() for path in paths}
    common = _common() if source.format == "json" else {}
    tree: Tree = {}
    for slot in sorted({*source.keys, *common}):
        own = list(source.keys.get(slot, ()))
        paths = own + [path for path in common.get(slot, ()) if path not in taken]
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
    return {"sources": sources, "errors": error_rules()}
