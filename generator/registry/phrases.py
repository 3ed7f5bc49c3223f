"""Phrases of registry/errors.yaml, made ready for the filter.

A phrase is a few words of an error text. Case, underscores, hyphens and camel case don't matter: `rate limit` fits
"Rate-Limit", `rate_limit_error` and `RateLimitError`. `…` stands for anything between two parts, `*` at the end of a
part for the rest of its last word, `^` for the start of the text. Words that are not ASCII are looked for in the text
without its spaces, since Korean, Japanese and Chinese put spaces where they like.

The client cuts texts into words (client/holysheep/errors/phrases.py), and so does the filter
(logstash/ruby/holysheep/phrases.rb); tests/cases/test_error_messages.py holds both to one result.
"""

from __future__ import annotations

from typing import Final

from generator.errors import UserError
from holysheep.errors.phrases import WORD, squeezed

#: The filter looks phrases that are not ASCII up by their first letters.
MIN_WIDE: Final = 2


def is_ascii(phrase: str) -> bool:
    """Whether the phrase is looked for among words, not in the text without spaces."""
    return phrase.replace("…", "").isascii()


def compile_phrase(phrase: str) -> list[str]:
    """The parts to look for one after the other in `words` of a text, or in `squeezed` where one is not ASCII.

    Raises UserError for a phrase that can't be looked up by its first word.
    """
    parts = [part.strip() for part in phrase.split("…")]
    if not all(parts):
        raise UserError(f"the phrase {phrase!r} has an empty part", hint="write words on both sides of …")
    if not is_ascii(phrase):
        if len(squeezed(parts[0])) < MIN_WIDE:
            raise UserError(f"the phrase {phrase!r} begins with one letter", hint="write two or more")
        return [squeezed(part) for part in parts]
    if parts[0].endswith("*") and " " not in parts[0]:
        raise UserError(
            f"the phrase {phrase!r} begins with a word that is cut off", hint="write its first word in full"
        )
    return [_part(part, phrase) for part in parts]


def _part(part: str, phrase: str) -> str:
    words = WORD.findall(part)
    if not words:
        raise UserError(f"the phrase {phrase!r} has a part without a word")
    start = " ^ " if part.startswith("^") else " "
    return start + " ".join(words).lower() + ("" if part.endswith("*") else " ")
