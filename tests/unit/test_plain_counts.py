"""Token counts that the filter looks at only where a record has a key of one of them: the row is whole."""

from __future__ import annotations

import json
import re
from typing import Final

from generator.paths import ROOT

FILTER: Final = ROOT / "logstash" / "ruby" / "holysheep"
PLAIN: Final = {"input", "output", "total"}
#: What usage.rb asks for besides, and is no count.
OTHERS: Final = {"count", "plain_counts", "model", "response_model"}


def test_what_usage_reads_is_plain_or_in_the_row() -> None:
    """A count outside of the row would be overlooked in records without another of the row's keys."""
    names = json.loads((FILTER / "slots.json").read_text(encoding="utf-8"))["slots"]
    row = {"input_native", *names[names.index("cached") : names.index("search_units") + 1]}
    source = "".join((FILTER / name).read_text(encoding="utf-8") for name in ("usage.rb", "usage_details.rb"))
    read = {name.lower() for name in re.findall(r"Slots::([A-Z][A-Z0-9_]*)", source)} - OTHERS
    assert len(read) > 30  # the expression still finds them
    assert read - row == PLAIN
