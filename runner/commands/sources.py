"""`sources`: lists the log sources, and how to feed each."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from generator.registry.sources import load_sources

if TYPE_CHECKING:
    import argparse

    from generator.registry.sources import Source

WIDTH = 100


def run(args: argparse.Namespace) -> int:
    """Exit code 0."""
    sources = load_sources()
    if args.json:
        print(json.dumps([_facts(source) for source in sources], indent=2, ensure_ascii=False))
        return 0
    for source in sources:
        print(_text(source))
    return 0


def _facts(source: Source) -> dict[str, object]:
    return {
        "name": source.name,
        "title": source.title,
        "format": source.format,
        "files": [*source.filebeat.paths, *source.filebeat.also],
        "detect": [list(keys) for keys in source.detect],
        "feed": source.feed,
        "documented": list(source.documented),
    }


def _text(source: Source) -> str:
    """A source as a paragraph."""
    files = ", ".join((*source.filebeat.paths, *source.filebeat.also))
    lines = [f"{source.name}: {source.title}", *_wrapped("files", files)]
    if source.detect:
        lines += _wrapped("known by", " or ".join("+".join(keys) for keys in source.detect))
    lines += _wrapped("feed", source.feed or "Put files with such names into the log folder, or post the lines.")
    for page in source.documented:
        lines += _wrapped("shape", page)
    return "\n".join(lines) + "\n"


def _wrapped(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=f"  {label:<9} ", subsequent_indent=" " * 12, break_long_words=False
    )
