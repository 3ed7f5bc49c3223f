"""Numbers of things, as people say them."""

from __future__ import annotations


def counted(number: int, word: str, several: str = "") -> str:
    """A number with its word: `1 document`, `1,234 documents`. `several`: a plural without s."""
    return f"{number:,} {word if number == 1 else several or word + 's'}"
