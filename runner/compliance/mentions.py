"""Texts that name a person or session: how they are found, and what a document is without the name."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]
#: Replaces the name in a document that is somebody else's.
GAP: Final = "[ERASED]"
#: Bytes (UTF-8) of a name that is looked for within texts; a shorter one counts as a whole value alone. In a text "12"
#: may be anything; a Korean name has six or nine.
SHORTEST: Final = 4
#: Fields of one value each in which applications write names. Payloads of agents are not indexed.
KEYWORDS: Final = ("error.message", "url.full", "url.path", "http.request.referrer", "gen_ai.conversation.id")
_TEXT: Final = "message"
_METADATA: Final = "holysheep.metadata"
_SPECIAL: Final = re.compile(r"([\\*?])")
_WORD: Final = re.compile(r"[0-9A-Za-z]")
_WORDS: Final = re.compile(r"[0-9A-Za-z]+")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
#: `encodeURIComponent` and most servers leave these as they are; each alone may be left as well.
_LEFT: Final = ("", "@", "!'()*~", "@+", "/")
#: A letter behind an escape (`\n`, `%20`, `\u0020`) begins a word, although a letter or digit stands before it.
_ESCAPED: Final = r"(?<=\\[bfnrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})"


def spellings(names: Iterable[str]) -> list[str]:
    """Each name as it is, as JSON writes it (with and without escapes of what is not ASCII), and as addresses do."""
    found: dict[str, None] = {}
    for name in names:
        plain = json.dumps(name, ensure_ascii=False)[1:-1]
        urls = [quote(name, safe=left, errors="surrogatepass") for left in _LEFT]
        form = quote_plus(name, errors="surrogatepass")
        found |= dict.fromkeys((name, plain, json.dumps(name)[1:-1], *urls, form))
    return list(found)


def pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Fits a text that holds a name: `user-1`, but not in `user-11`, `user-1-2` nor `xuser-1`.

    Each letter may be written as JSON and addresses write it, whatever the others are. An e-mail address is the same
    in upper and lower case, and not a part of a longer one. Korean particles follow a name without a blank, so only
    ASCII letters and digits end a name that ends in one.
    """
    forms = {form for name in names for form in _forms(name)}
    return re.compile("|".join(_bounded(form) for form in sorted(forms, key=lambda form: (-len(form), form))))


def _forms(name: str) -> list[str]:
    """The name as it is, composed, and taken apart as macOS does with Hangul in the names of files."""
    return list(dict.fromkeys((name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD")))))


def _bounded(name: str) -> str:
    text = "".join(map(_letter, name))
    if len(name.encode("utf-8", "surrogatepass")) < SHORTEST:
        return rf"""\A{text}\Z|(?<=["']){text}(?=\\*["'])"""
    before = after = ""
    joints = "-+." if _ADDRESS.fullmatch(name) else "-"
    if _WORD.match(name[0]):
        before = rf"(?:(?<![0-9A-Za-z_])(?<![0-9A-Za-z][{joints}])|{_ESCAPED})"
    if _WORD.match(name[-1]):
        after = rf"(?![0-9A-Za-z_]|[{joints}][0-9A-Za-z])"
    return rf"{before}(?i:{text}){after}" if _ADDRESS.fullmatch(name) else before + text + after


def _letter(char: str) -> str:
    r"""A letter as it is, as `\u` with any number of backslashes (JSON in JSON), or in percents (also of percents)."""
    if _WORD.match(char):
        return char
    units = char.encode("utf-16-be", "surrogatepass").hex()
    escape = "".join(rf"\\+u(?i:{units[at : at + 4]})" for at in range(0, len(units), 4))
    octets = "".join(f"%(?:25)*(?i:{octet:02x})" for octet in char.encode("utf-8", "surrogatepass"))
    plain = {"\\": r"\\+", '"': r'\\*"', "/": r"\\*/", " ": r"[ +]"}.get(char, re.escape(char))
    return f"(?:{plain}|{escape}|{octets})"


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
    for name in names:
        if len(name.encode("utf-8", "surrogatepass")) < SHORTEST:
            continue
        texts = spellings(_forms(name))
        wildcards = [_SPECIAL.sub(r"\\\1", text) for text in texts]
        # Its words in a row, whatever the letters between them are written as.
        if len("".join(parts := _WORDS.findall(name))) >= SHORTEST:
            wildcards.append("*".join(parts))
        for inner in dict.fromkeys(wildcards):
            wanted = {"value": f"*{inner}*", "case_insensitive": True}
            found += [{"wildcard": {field: wanted}} for field in KEYWORDS]
        # A text is cut into words: the name's words in a row, or, without a blank behind it, the start of a longer one.
        for text in texts:
            found += [{"match_phrase_prefix": {_TEXT: text}}, {"term": {_METADATA: text}}]
    return found
