"""Ids that are the same on every machine, so that an import updates and never duplicates."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

#: UUIDv5 of https://github.com/holysheep-elk in the URL namespace; changing it orphans every imported object.
NAMESPACE: Final = UUID("f0b690f6-340e-51fc-865b-6e3120c61ede")


def stable(*parts: str) -> str:
    """UUIDv5 of a path of names. Another index prefix than ours gets ids of its own: render.built."""
    return str(uuid5(NAMESPACE, "/".join(parts)))


def dashboard_id(slug: str) -> str:
    """Id of a dashboard."""
    return stable("dashboard", slug)


def view_id(name: str) -> str:
    """Id of a data view."""
    return stable("data-view", name)


def panel_id(slug: str, panel: str) -> str:
    """Index of a panel in its dashboard."""
    return stable("dashboard", slug, "panel", panel)


def search_id(slug: str, panel: str) -> str:
    """Id of the saved search that a panel shows."""
    return stable("search", slug, panel)
