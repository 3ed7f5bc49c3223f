"""Ids that are the same on every machine, so that an import updates and never duplicates."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

#: UUIDv5 of https://github.com/holysheep-elk in the URL namespace; changing it orphans every imported object.
NAMESPACE: Final = UUID("f0b690f6-340e-51fc-865b-6e3120c61ede")


def stable(*parts: str) -> str:
    """UUIDv5 of a path of names. Another index prefix than ours gets ids of its own: render.built."""
    return str(uuid5(NAMESPACE, "/".join(parts)))


#: With any other index prefix, titles and ids say so.
DEFAULT_PREFIX: Final = "holysheep"


def dashboard_id(slug: str, prefix: str = DEFAULT_PREFIX) -> str:
    """Id of a dashboard."""
    return of_prefix(stable("dashboard", slug), prefix)


def of_prefix(id_: str, prefix: str) -> str:
    """The id that an object has with an index prefix, so that two prefixes can share a Kibana space."""
    return id_ if prefix == DEFAULT_PREFIX else stable(prefix, id_)


def tag_id() -> str:
    """Id of the tag that all dashboards have."""
    return stable("tag", "holysheep")


def view_id(name: str) -> str:
    """Id of a data view."""
    return stable("data-view", name)


def panel_id(slug: str, panel: str) -> str:
    """Index of a panel in its dashboard."""
    return stable("dashboard", slug, "panel", panel)


def search_id(slug: str, panel: str) -> str:
    """Id of the saved search that a panel shows."""
    return stable("search", slug, panel)
