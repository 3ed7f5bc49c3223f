"""A field of fields.yaml as Elasticsearch's mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.registry.fields import FieldSpec

Json = dict[str, Any]

#: The filter sends at most 64 entries, each of at most 256 characters and already flat.
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
    mapping: Json = {"type": field.type}
    if field.type == "text":
        # Scores are of no use in a log, so lengths of texts (norms) aren't kept.
        return mapping | ({"norms": False} if field.search else {"index": False, "norms": False})
    if field.type == "flattened":
        # Elasticsearch can't filter a flattened field by doc values, so it is always indexed.
        return mapping | _FLATTENED
    if not field.search:
        mapping["index"] = False
    if field.stored_only:
        mapping["doc_values"] = False
    if field.ignore_above:
        mapping["ignore_above"] = field.ignore_above
    return mapping
