"""Checks of the log sources across values and files: unknown slots, names, and sources that claim the same lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.errors import UserError
from generator.explain import near
from generator.registry.slots import slots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.registry.sources import SourceFile
    from generator.yamltext import Document


def check_source(file: SourceFile) -> Iterator[UserError]:
    """Mistakes within one source."""
    source, document = file.source, file.document
    stem = document.name.rpartition("/")[2].removesuffix(".yaml")
    if source.name != stem:
        yield UserError(f"is named {source.name!r}", where=document.where(("name",)), hint=f"write `name: {stem}`")
    yield from unknown_slots(source.keys, document)
    known = list(slots())
    for name in sorted(source.slots - {*source.keys} - {*known}):
        yield UserError(f"there is no slot {name!r}", where=document.where(()), hint=near(name, known))
    if (source.format == "csv") != bool(source.columns):
        yield UserError("format: csv and columns go together", where=document.where(("format",)), hint="write both")
    if (source.format == "text") != bool(source.patterns):
        yield UserError("format: text and patterns go together", where=document.where(("format",)), hint="write both")
    if source.usage and (source.common or source.format != "json"):
        where = document.where(("usage",))
        yield UserError("usage is for JSON sources with common: false", where=where, hint="add the place to usage.yaml")
    for number, keys in enumerate(source.detect):
        if not keys:
            yield UserError("no key at all fits every line", where=document.where(("detect", number)), hint="remove it")


def unknown_slots(keys: Iterable[str], document: Document) -> list[UserError]:
    """Names under `keys:` that are no slots."""
    known = list(slots())
    return [
        UserError(f"there is no slot {name!r}", where=document.where(("keys", name)), hint=near(name, known))
        for name in keys
        if name not in known
    ]


def check_detects(files: Iterable[SourceFile]) -> Iterator[UserError]:
    """Sets of keys under `detect` that two sources have. The filter could not tell their lines apart."""
    files_by_keys: dict[frozenset[str], SourceFile] = {}
    for file in files:
        for number, keys in enumerate(file.source.detect):
            other = files_by_keys.setdefault(frozenset(keys), file)
            if other is not file:
                where = file.document.where(("detect", number))
                what = f"detect: {', '.join(keys)} also marks a line of {other.source.name}"
                yield UserError(what, where=where, hint="add a key that only this source has")
