"""Writes the sample logs of every source, and expected.yaml: what the bundle must make of them.

Everything is made up, and the same on every run. What is expected is worked out here by itself, from a table of rates
and Decimal, so that it can judge the filter and the generator: neither is asked.

    python -m tests.samples.make_samples [FOLDER]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.samples.export_sources import (
    anthropic_usage,
    azure_openai,
    bedrock,
    langfuse,
    litellm_spend,
    openai_usage,
    openrouter,
    otel,
    serving,
)
from tests.samples.json_sources import agent, client, collector, error_event, litellm, middleware, webhook
from tests.samples.text_sources import access, container, syslog

if TYPE_CHECKING:
    from tests.samples.calls import File

HERE: Final = Path(__file__).parent
HEAD: Final = """\
# Written by make_samples.py, like the logs beside it: what the bundle makes of each file. `total_nano` is 10⁻⁹ USD at
# the rates of the shipped pricing.yaml; `calls` counts the calls by how they were priced.
"""
SOURCES: Final = (
    webhook, client, collector, middleware, agent, error_event, access, syslog, container, litellm,
    bedrock, langfuse, litellm_spend, openrouter, otel, azure_openai, openai_usage, anthropic_usage, serving,
)  # fmt: skip


def expected(files: dict[str, File]) -> str:
    """expected.yaml."""
    parts = [HEAD]
    for source, file in files.items():
        parts.append(f"{file.path}:\n  source: {source}\n  lines: {len(file.lines)}\n")
        for name in ("documents", "rejected", "cost"):
            counts = {key: count for key, count in sorted(getattr(file, name).items()) if count}
            label = {"cost": "calls"}.get(name, name)
            parts.append(f"  {label}: {json.dumps(counts)}\n")
        parts.append(f"  total_nano: {file.nano}\n")
    return "".join(parts)


def make() -> dict[str, str]:
    """Path and text of every file."""
    files = {make.__name__: make() for make in SOURCES}
    texts = {file.path: "".join(f"{line}\n" for line in file.lines) for file in files.values()}
    return {**texts, "expected.yaml": expected(files)}


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for path, text in make().items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8", newline="\n")
