"""Writes the templates that differ into the bundle's own Elasticsearch, before the other containers start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.paths import ROOT
from runner.cluster import apply as applying
from runner.runtimes.docker import reach

if TYPE_CHECKING:
    from runner.runtime import Say


def apply(say: Say) -> None:
    """Plan and write. UserError when today's indices can't take a change; then nothing is written."""
    reach.fetch_authority()
    with reach.elasticsearch("elastic", "elastic_password") as es:
        for line in applying.words(applying.apply(es, ROOT / "elasticsearch")):
            say(line)
