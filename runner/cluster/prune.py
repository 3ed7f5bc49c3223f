"""What the cluster has of this bundle and is no longer rendered. Another bundle's and a person's objects are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from runner.cluster.rendered import SETTINGS
from runner.step import Action, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.cluster.present import Present
    from runner.cluster.rendered import Rendered

Json = dict[str, Any]
#: What every rendered object says of itself in its metadata (generator/render/dump.py).
OURS: Final = "holysheep-elk"
ROLE: Final = "holysheep_"


def steps(present: Present, files: list[Rendered], prefix: str, *, delete: bool) -> list[Step]:
    """A step for each object that is no longer rendered; without `delete` it is kept, and the note names `--prune`.

    Deleted in this order: Elasticsearch refuses to delete what another object uses.
    """
    if not prefix:
        return []
    rendered = {(file.kind.folder, file.name) for file in files}
    left = [(folder, name) for folder, name in _ours(present, prefix) if (folder, name) not in rendered]
    result = []
    for folder, name in sorted(left, key=lambda pair: (_ORDER.index(pair[0]), pair[1])):
        users = _users(present, folder, name, gone={other for kind, other in left if kind == "index_templates"})
        action: Action = "delete" if delete and not users else "keep"
        note = f"no longer rendered, but in use by {users}" if users else "no longer rendered"
        result.append(Step(action, folder, name, notes=(note if delete or users else f"{note}; --prune deletes it",)))
    return result


_ORDER: Final = ("index_templates", "component_templates", "lifecycle", "roles")


def _ours(present: Present, prefix: str) -> Iterator[tuple[str, str]]:
    """(folder, name) of every object that this bundle has made."""
    bodies = present.bodies
    others = _longer_prefixes(bodies.get("component_templates", {}), prefix)
    for name, body in bodies.get("index_templates", {}).items():
        # A person's copy of one of our templates keeps its metadata and its patterns, but has another name.
        own = [f"{name}-*"], [f"{name}*"]
        if _marked(body) and _of(name, prefix, others) and body.get("index_patterns") in own:
            yield "index_templates", name
    for name, body in bodies.get("component_templates", {}).items():
        if _marked(body) and _of(name, prefix, others):
            yield "component_templates", name
    for name, body in bodies.get("lifecycle", {}).items():
        if _marked(body.get("policy", {})) and _of(name, prefix, others):
            yield "lifecycle", name
    for name, body in bodies.get("roles", {}).items():
        patterns = [pattern for entry in body.get("indices", []) for pattern in entry.get("names", [])]
        about_us = bool(patterns) and all(_of(pattern, prefix, others) for pattern in patterns)
        if body.get("metadata", {}).get("managed_by") == OURS and name.startswith(ROLE) and about_us:
            yield "roles", name


def _marked(body: Json) -> bool:
    return bool(body.get("_meta", {}).get("managed_by") == OURS)


def _of(name: str, prefix: str, others: list[str]) -> bool:
    """Whether a name is below the prefix, and not below a longer prefix, which is another bundle's."""
    return name.startswith((f"{prefix}-", f"{prefix}_")) and not name.startswith(tuple(others))


def _longer_prefixes(components: dict[str, Json], prefix: str) -> list[str]:
    """`holysheep-eu-` and `holysheep-eu_`, where a bundle with the prefix `holysheep-eu` uses the same cluster."""
    settings = [name for name, body in components.items() if name.endswith(SETTINGS) and _marked(body)]
    owners = [name.removesuffix(SETTINGS) for name in settings]
    longer = [owner for owner in owners if owner.startswith(f"{prefix}-")]
    return [f"{owner}{end}" for owner in longer for end in ("-", "_")]


def _users(present: Present, folder: str, name: str, gone: set[str]) -> str:
    """What else uses an object and stays: `index template mine`; empty when nothing does."""
    if folder == "component_templates":
        templates = present.bodies.get("index_templates", {})
        users = [
            other for other, body in templates.items() if name in body.get("composed_of", []) and other not in gone
        ]
        return f"the index template {', '.join(sorted(users))}" if users else ""
    if folder == "lifecycle":
        in_use = present.bodies[folder][name].get("in_use_by", {})
        names = [*in_use.get("indices", []), *in_use.get("data_streams", [])]
        return f"{len(names)} indices, which it still has to delete" if names else ""
    return ""
