"""The log sources and the error rules: one YAML a source, loaded, checked, and compiled for the filter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import yamltext
from generator.errors import UserError, UserErrors
from generator.explain import together, validate
from generator.registry import source_checks as checks
from generator.registry import usage
from generator.registry.errors import error_rules
from generator.registry.source_model import KeyPath, Multiline, Source
from generator.registry.source_tree import key_tree
from generator.strict import Strict

if TYPE_CHECKING:
    from generator.registry.source_tree import Paths
    from generator.yamltext import Document

__all__ = ["FOLDER", "Multiline", "Source", "load_sources", "source_rules"]

FOLDER = Path(__file__).parent / "sources"


@dataclass(frozen=True)
class SourceFile:
    """A source, and the document that knows its lines."""

    source: Source
    document: Document


class _Common(Strict):
    keys: dict[str, tuple[KeyPath, ...]]


def read(path: Path) -> Document:
    """A source's YAML file whose errors name it by its folder and name."""
    return yamltext.read(path, f"{path.parent.name}/{path.name}")


def load_folder(folder: Path = FOLDER) -> list[SourceFile]:
    """All sources of a folder by name. UserErrors names each wrong line of every file."""
    files: list[SourceFile] = []
    errors: list[UserError] = []
    for path in sorted(folder.glob("[a-z]*.yaml")):
        try:
            document = read(path)
            source = validate(Source, document, see="see docs/add-a-log-source.md")
            files.append(SourceFile(source, document))
        except UserError as error:
            errors += error.each
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
def _common() -> dict[str, Paths]:
    document = read(FOLDER / "_common.yaml")
    common = validate(_Common, document).keys
    if errors := checks.unknown_slots(common, document):
        raise together(errors)
    merged = dict(common)
    for slot, paths in _usage_keys().items():
        common_paths: Paths = merged.get(slot, ())
        known = set(common_paths)
        merged[slot] = (*common_paths, *(path for path in paths if path not in known))
    return merged


def _usage_keys(places: tuple[str, ...] = ()) -> dict[str, Paths]:
    return {slot: tuple(tuple(path.split(".")) for path in paths) for slot, paths in usage.paths(places=places).items()}


def _shared(source: Source) -> dict[str, Paths]:
    """The keys that a source has from other files."""
    if source.format != "json":
        return {}
    if source.common:
        return _common()
    return _usage_keys(source.usage) if source.usage else {}


def source_rules() -> dict[str, Any]:
    """The static part of rules.json: every source's tree, and the error rules."""
    sources = {
        source.name: {
            "format": source.format,
            "own_id": source.own_id,
            "detect": [list(keys) for keys in source.detect],
            "keys": key_tree(source, _shared(source)),
            **source.options(),
        }
        for source in load_sources()
    }
    return {"sources": sources, "errors": error_rules(), "unknown_counts": usage.load().unknown.model_dump()}
