"""The keys of a source as the tree that the filter's Extract walks: key → slot, rank, sub-tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.registry.source_model import Source

Tree = dict[str, dict[str, Any]]
Paths = tuple[tuple[str, ...], ...]


def key_tree(source: Source, common: Mapping[str, Paths]) -> Tree:
    """The source's keys and the common ones. A rank of 0 is the preferred spelling of a slot."""
    source_paths = {path for paths in source.keys.values() for path in paths}
    tree: Tree = {}
    for slot in sorted({*source.keys, *common}):
        own_paths = source.keys.get(slot, ())
        paths = (*own_paths, *(path for path in common.get(slot, ()) if path not in source_paths))
        for rank, path in enumerate(paths):
            for spelling in _spellings(path, dotted=source.dotted):
                _plant(tree, spelling, slot, rank, source.name)
    return tree


def _spellings(path: tuple[str, ...], *, dotted: bool) -> Iterator[tuple[str, ...]]:
    """The path, and the same path with some of its keys joined by dots where the source allows that."""
    yield path
    if dotted:
        for at in range(len(path) - 1):
            yield (*path[:at], ".".join(path[at:]))
    elif path[0] == "gen_ai" and len(path) > 1:
        # OpenTelemetry exporters write attributes flat, under keys that hold dots.
        yield (".".join(path),)


def _plant(tree: Tree, path: tuple[str, ...], slot: str, rank: int, source: str) -> None:
    node = tree.setdefault(path[0], {})
    for part in path[1:]:
        node = node.setdefault("sub", {}).setdefault(part, {})
    if "slot" in node:
        raise UserError(f"{'.'.join(path)} fills both {node['slot']} and {slot}", where=f"sources/{source}.yaml")
    node["slot"] = slot
    node["rank"] = rank
