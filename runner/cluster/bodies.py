"""Compares a rendered body with the cluster's. What Elasticsearch rewrites and adds by itself is no difference."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from runner.cluster import fields
from runner.step import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
#: Keys that Elasticsearch adds to a body by itself.
ADDED: Final = frozenset(
    {
        "allow_auto_create",
        "allow_restricted_indices",
        "created_date",
        "created_date_millis",
        "delete_searchable_snapshot",
        "in_use_by",
        "modified_date",
        "modified_date_millis",
        "transient_metadata",
        "version",
    }
)


def differences(wanted: Json, present: Json) -> tuple[Difference, ...]:
    """Every place in which the cluster's body differs from the file's; empty when they are equal."""
    return tuple(_walk(_plain(wanted), _plain(present), ()))


def _plain(body: Any) -> Any:  # noqa: ANN401  # JSON is of any shape
    """A body in the form for comparison: numbers and booleans as strings, settings nested, without `index.`.

    Elasticsearch returns the settings so.
    """
    if isinstance(body, dict):
        plain = {key: _plain(value) for key, value in body.items()}
        if isinstance(settings := plain.get("settings"), dict):
            tree = nested(settings)
            plain["settings"] = tree.get("index", tree)
        return plain
    if isinstance(body, list):
        return [_plain(value) for value in body]
    return str(body).lower() if isinstance(body, bool) else str(body)


def nested(settings: Json) -> Json:
    """`{"a": {"b": 1}}` of `{"a.b": 1}`; a file may have both forms."""
    tree: Json = {}
    for key, value in settings.items():
        *parents, leaf = key.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = nested(value) if isinstance(value, dict) else value
    return tree


def _walk(wanted: Any, present: Any, path: tuple[str, ...]) -> Iterator[Difference]:  # noqa: ANN401
    if path[-1:] == ("properties",):
        yield from _fields(wanted or {}, present or {})
    elif isinstance(wanted, dict) or isinstance(present, dict):
        ours, theirs = (side if isinstance(side, dict) else {} for side in (wanted, present))
        if not isinstance(wanted or {}, dict) or not isinstance(present or {}, dict):
            yield Difference(".".join(path), _text(present), _text(wanted))
            return
        for key in sorted(ours.keys() | theirs.keys()):
            if key in ours or key not in ADDED:
                yield from _walk(ours.get(key), theirs.get(key), (*path, key))
    elif _are_objects(wanted) and _are_objects(present) and len(wanted) == len(present):
        for number, (left, right) in enumerate(zip(wanted, present, strict=True)):
            yield from _walk(left, right, (*path, str(number)))
    elif wanted != present and not (_empty(wanted) and _empty(present)):
        yield Difference(".".join(path), _text(present), _text(wanted))


def _empty(value: object) -> bool:
    return value in (None, {}, [])


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _text(value: object) -> str | None:
    """A value as text; of a list the elements, since most lists are of names."""
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _fields(wanted: Json, present: Json) -> Iterator[Difference]:
    """The differences of two `properties`, by field."""
    ours, theirs = fields.flat(wanted), fields.flat(present)
    for name in sorted(ours.keys() | theirs.keys()):
        ours_here, theirs_here = ours.get(name), theirs.get(name)
        if ours_here is None or theirs_here is None:
            # An object without fields of its own is no field; its fields follow.
            if not (ours_here or theirs_here or {}).get("object"):
                yield Difference(f"field {name}", fields.words(theirs_here), fields.words(ours_here))
            continue
        for key in sorted(ours_here.keys() | theirs_here.keys()):
            if ours_here.get(key) != theirs_here.get(key):
                yield Difference(f"field {name} {key}", _text(theirs_here.get(key)), _text(ours_here.get(key)))
