"""Texts that name a person or session: how they are found, and what a document is without the name."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]
#: Replaces the name in a document that is somebody else's.
GAP: Final = "[ERASED]"
#: Bytes (UTF-8) of a name that is looked for in texts. In a text "12" may be anything; a Korean name has six or nine.
SHORTEST: Final = 4
#: Fields of one value each in which applications write names. Payloads of agents are not indexed.
KEYWORDS: Final = ("error.message", "url.full", "url.path", "http.request.referrer", "gen_ai.conversation.id")
_TEXT: Final = "message"
_METADATA: Final = "holysheep.metadata"
_SPECIAL: Final = re.compile(r"([\\*?])")
_WORD: Final = re.compile(r"[0-9A-Za-z]")


def spellings(names: Iterable[str]) -> list[str]:
    """Each name as it is, as JSON writes it (with and without escapes of what is not ASCII), and as addresses do."""
    found: dict[str, None] = {}
    for name in names:
        plain = json.dumps(name, ensure_ascii=False)[1:-1]
        found |= dict.fromkeys((name, plain, json.dumps(name)[1:-1], quote(name, safe="", errors="surrogatepass")))
    return list(found)


def pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Fits a text that holds a name: `user-1`, but not in `user-11` nor `xuser-1`.

    Korean particles follow a name without a blank, so only ASCII letters and digits end a name that ends in one.
    """
    parts = []
    for text in sorted(spellings(names), key=len, reverse=True):
        before = r"(?<![0-9A-Za-z])" if _WORD.match(text[0]) else ""
        after = r"(?![0-9A-Za-z])" if _WORD.match(text[-1]) else ""
        parts.append(before + re.escape(text) + after)
    return re.compile("|".join(parts))


def holds(value: Any, fits: re.Pattern[str]) -> bool:  # noqa: ANN401 - any JSON
    """Whether a text in a JSON value, or a key of it, holds a name."""
    if isinstance(value, dict):
        return any(holds(item, fits) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return any(holds(item, fits) for item in value)
    return isinstance(value, str) and fits.search(value) is not None


def without(value: Any, fits: re.Pattern[str]) -> Any:  # noqa: ANN401 - any JSON
    """The JSON value with `[ERASED]` for each name."""
    if isinstance(value, dict):
        return {fits.sub(GAP, key): without(item, fits) for key, item in value.items()}
    if isinstance(value, list):
        return [without(item, fits) for item in value]
    return fits.sub(GAP, value) if isinstance(value, str) else value


def clauses(names: Iterable[str]) -> list[Json]:
    """Queries for documents that may hold a name in a text; `pattern` decides."""
    found: list[Json] = []
    for text in spellings(name for name in names if len(name.encode("utf-8", "surrogatepass")) >= SHORTEST):
        inner = "*" + _SPECIAL.sub(r"\\\1", text) + "*"
        found += [{"wildcard": {field: {"value": inner}}} for field in KEYWORDS]
        # A text is cut into words: the name's words in a row, or, without a blank behind it, the start of a longer one.
        found += [{"match_phrase_prefix": {_TEXT: text}}, {"term": {_METADATA: text}}]
    return found
