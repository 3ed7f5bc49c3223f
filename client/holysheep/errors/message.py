"""Makes an error message safe to send: ids, numbers, addresses, keys and quoted values are taken out."""

from __future__ import annotations

import re
from typing import Final

#: A long message is cut to its first 20 and last 10 lines, and to 4,000 letters (about 1,000 tokens).
FIRST_LINES: Final = 20
LAST_LINES: Final = 10
MAX_LETTERS: Final = 4000
#: Replaces every text that differs from call to call.
GAP: Final = "<*>"
_VARIABLE: Final = (
    re.compile(r"https?://\S{1,2000}"),
    re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    re.compile(r"\[[A-Z_]{3,40}_MASKED\]|\[MASKED\]"),
    # Values between quotation marks or back-ticks, unless they are keys of JSON or Python text.
    re.compile(r"`[^`\n]{1,200}`|(?<=[\s(=])'[^'\n]{1,200}'(?!:)|(?<=[\s(=])\"[^\"\n]{1,200}\"(?!:)"),
    # Ids, keys and hashes: letters and digits mixed, or long.
    re.compile(r"\b(?=[\w-]{0,128}\d)(?=[\w-]{0,128}[A-Za-z])[\w-]{6,256}\b"),
    re.compile(r"\b[A-Za-z0-9+/_-]{40,4096}={0,2}"),
    re.compile(r"(?<![A-Za-z])\d[\d.,:/-]{0,64}"),
)
_GAPS: Final = re.compile(r"(?:<\*>[\s,:;/.-]{0,3}){2,}")


def shorten(text: str) -> str:
    """The first 20 and the last 10 lines, at most 4,000 letters."""
    lines = text.split("\n")
    if len(lines) > FIRST_LINES + LAST_LINES:
        lines = [*lines[:FIRST_LINES], "...", *lines[-LAST_LINES:]]
    return "\n".join(lines)[:MAX_LETTERS]


def generalise(text: str) -> str:
    """The text on one line. `<*>` replaces what differs from call to call."""
    text = shorten(text)
    for pattern in _VARIABLE:
        text = pattern.sub(GAP, text)
    return _GAPS.sub(f"{GAP} ", " ".join(text.split())).strip()
