"""Version numbers as tuples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

Version = tuple[int, int, int]
_FORM: Final = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")


def parse(version: str) -> Version | None:
    """(2, 40, 3) of `v2.40.3-desktop.1`; None when there is no version at the start."""
    match = _FORM.match(version.strip())
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def text(version: Version | None) -> str:
    """`2.40.3`; `?` for None."""
    return ".".join(map(str, version)) if version else "?"


def of(es: Elasticsearch) -> str:
    """The version of a cluster's oldest node. `GET /` is not used, since the embedded distribution lacks it."""
    nodes = es.nodes.info(metric="process", filter_path="nodes.*.version")["nodes"]
    return str(min((node["version"] for node in nodes.values()), key=lambda version: parse(version) or (0, 0, 0)))
