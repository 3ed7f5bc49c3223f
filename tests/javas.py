"""The Java that tests run JRuby and Kafka with."""

from __future__ import annotations

import os

from runner.host.jdk import Choice, choose, find


def chosen() -> Choice:
    """The first Java that is new enough. UserError when none is."""
    return choose(find(), os.environ.get("HOLYSHEEP_ES_VERSION") or None)
