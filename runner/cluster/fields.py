"""The fields of a mapping: flat, merged from the templates, and compared with those of an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runner.step import Difference

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]
#: What Elasticsearch leaves out of an index's mapping, since it is the default.
DEFAULTS: Final[Json] = {"index": "true", "doc_values": "true", "norms": "true", "enabled": "true", "store": "false"}
#: Parameters that Elasticsearch changes in an index that exists. Every other one holds for new indices alone.
MUTABLE: Final = frozenset(
    {"ignore_above", "ignore_malformed", "coerce", "meta", "eager_global_ordinals", "dynamic", "depth_limit"}
)


@dataclass(frozen=True)
class Comparison:
    """What an index lacks of a mapping."""

    #: Fields and parameters that the index would take now.
    additions: tuple[Difference, ...]
    #: Fields that the index has with another type or parameter, which can't be changed in it.
    conflicts: tuple[Difference, ...]
    #: The body of PUT INDEX/_mapping with the additions; empty when there are none.
    body: Json


def flat(properties: Json) -> dict[str, Json]:
    """Dotted name → parameters as text, for every field. An object has the type `object`, and the mark `object`."""
    result: dict[str, Json] = {}
    for name, mapping in properties.items():
        if not isinstance(mapping, dict):
            continue
        parameters = {key: _plain(value) for key, value in mapping.items() if key != "properties"}
        if "properties" in mapping:
            result[name] = {"type": "object", **parameters, "object": "true"}
            result |= {f"{name}.{inner}": found for inner, found in flat(mapping["properties"]).items()}
        else:
            result[name] = parameters
    return result


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, dict | list) else str(value)


def words(parameters: Json | None) -> str | None:
    """A field's mapping as text: `keyword`, or `keyword (index: false)`; None for no field."""
    if parameters is None:
        return None
    more = ", ".join(f"{key}: {value}" for key, value in sorted(parameters.items()) if key not in ("type", "object"))
    kind = str(parameters.get("type", "object"))
    return f"{kind} ({more})" if more else kind


def merged(index_template: Json, components: dict[str, Json]) -> Json:
    """The mapping of an index that an index template makes: of its components in their order, then its own."""
    result: Json = {}
    parts = [components[name] for name in index_template.get("composed_of", []) if name in components]
    for part in [*parts, index_template]:
        _merge(result, part.get("template", {}).get("mappings", {}))
    return result


def _merge(into: Json, mapping: Json) -> None:
    for key, value in mapping.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = _copy(value)


def _copy(value: Any) -> Any:  # noqa: ANN401  # JSON is of any shape
    return {key: _copy(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def compare(wanted: Json, present: Json) -> Comparison:
    """What an index with the mapping `present` lacks of `wanted`. Fields that only the index has do no harm."""
    ours, theirs = flat(wanted.get("properties", {})), flat(present.get("properties", {}))
    additions: list[Difference] = []
    conflicts: list[Difference] = []
    paths: list[str] = []
    for name, parameters in ours.items():
        if name not in theirs:
            if not parameters.get("object"):
                additions.append(Difference(f"field {name}", None, words(parameters)))
                paths.append(name)
            continue
        changed, immutable = _parameters(name, parameters, theirs[name])
        conflicts += immutable
        if changed and not immutable:
            additions += changed
            paths.append(name)
    blocked = {conflict.path.split()[1] for conflict in conflicts}
    # Below a field that is no object in the index nothing can be added.
    paths = [path for path in paths if not any(path.startswith(f"{name}.") for name in blocked)]
    kept = tuple(change for change in additions if change.path.split()[1] in paths)
    return Comparison(kept, tuple(conflicts), body(wanted, paths) if paths else {})


def _parameters(name: str, ours: Json, theirs: Json) -> tuple[list[Difference], list[Difference]]:
    """(changes that an index takes, changes that it can't take) of a field that both have."""
    if (ours.get("type", "object"), bool(ours.get("object"))) != (
        theirs.get("type", "object"),
        bool(theirs.get("object")),
    ):
        return [], [Difference(f"field {name} type", theirs.get("type", "object"), ours.get("type", "object"))]
    changed, immutable = [], []
    for key in sorted(ours.keys() | theirs.keys()):
        left, right = (side.get(key, DEFAULTS.get(key)) for side in (theirs, ours))
        if left == right or key in ("type", "object"):
            continue
        difference = Difference(f"field {name} {key}", _text(left), _text(right))
        if key not in MUTABLE:
            immutable.append(difference)
        elif key in ours:
            changed.append(difference)
    return changed, immutable


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def body(mapping: Json, paths: Iterable[str]) -> Json:
    """The part of a mapping with these fields, and the parameters of the objects around them."""
    result: Json = {"properties": {}}
    for path in paths:
        source, target = mapping["properties"], result["properties"]
        *parents, leaf = path.split(".")
        for parent in parents:
            own = {key: value for key, value in source[parent].items() if key != "properties"}
            target = target.setdefault(parent, {**own, "properties": {}}).setdefault("properties", {})
            source = source[parent]["properties"]
        target[leaf] = {key: value for key, value in source[leaf].items() if key != "properties"}
    return result
