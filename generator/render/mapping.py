"""A field of fields.yaml as Elasticsearch's mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.registry.fields import FieldSpec

Json = dict[str, Any]

#: The filter hands over at most 64 entries of at most 256 characters, already flat.
_FLATTENED: Final[Json] = {"depth_limit": 8, "ignore_above": 1024}


def properties(fields: Iterable[FieldSpec]) -> Json:
    """`properties` with a sub-object for every dot. None of them is dynamic: an unknown field is refused."""
    root: Json = {}
    for field in fields:
        *parents, leaf = field.name.split(".")
        node = root
        for parent in parents:
            node = node.setdefault(parent, {"dynamic": "strict", "properties": {}})["properties"]
        node[leaf] = of(field)
    return root


def of(field: FieldSpec) -> Json:
    """The mapping of one field."""
    found: Json = {"type": field.type}
    if field.type == "text":
        # Scores are of no use in a log, so lengths of texts (norms) aren't kept.
        return found | ({"norms": False} if field.search else {"index": False, "norms": False})
    if field.type == "flattened":
        # Elasticsearch can't filter a flattened field by doc values, so it is always indexed.
        return found | _FLATTENED
    if not field.search:
        found["index"] = False
    if field.stored_only:
        found["doc_values"] = False
    if field.ignore_above:
        found["ignore_above"] = field.ignore_above
    return found
