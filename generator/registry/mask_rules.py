"""The table of masks compiled to what filter and client read: expressions that Ruby and Python understand alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.registry import masks
from generator.registry.mask_forms import START, compiled, least, literal

if TYPE_CHECKING:
    from generator.registry.masks import Key, Named, Pattern

Json = dict[str, Any]

#: Between a name and its value.
SEPARATOR: Final = (
    r"(?:(?:\s?(?:key|token))?\\{0,2}[\"']?\]?\s{0,4}(?::=|=>|[:=\uff1a]|provided:?)\s{0,4}\\{0,2}[\"'\u201c]?"
    r"|\s{1,4}(?:is|was|es|ist|est|é|は|는|은|是)\s{1,4}\\{0,2}[\"']?|(?:は|는|은|是|为)\s{0,4}[\"']?)"
)
#: A bare key may also stand right behind its name.
NEAR: Final = r"(?:" + SEPARATOR + r"|\s{1,4}\\{0,2}[\"']?)"
#: A quoted value ends at its quotation mark, another at a blank or at a sign that ends a list's member.
VALUE: Final = (
    r"(?:(?<=\")[^\"\\\r\n]{1,256}(?=\\{0,2}\")|(?<=')[^'\\\r\n]{1,256}(?=\\{0,2}')|"
    r"(?:[^\s\"'<>\\,;&)}\]\uff0c\u3002\uff1b\u3001\u201d\u00a0\u3000]"
    r"|&(?![A-Za-z_][A-Za-z0-9_.-]{0,40}=)(?=[^\s\"'<>\\])"
    r"|[,;)}\]](?=[^\s\"'<>\\,;&)}\]\[{])(?![A-Za-z_][A-Za-z0-9_.-]{0,40}[\"']?\s?[:=])){1,256})"
)


def rules() -> list[Json]:
    """All masks in the order in which they are applied: the most specific ones first."""
    table = masks.load()
    first = [_pattern(pattern) for pattern in table.patterns if pattern.gate == "always" and pattern.mask != "EMAIL"]
    last = [_pattern(pattern) for pattern in table.patterns if pattern.gate != "always" or pattern.mask == "EMAIL"]
    keys = [_key(key) for key in table.keys]
    return [*first, *keys, *(_named(named) for named in table.named), *last]


def secret_names(end: str) -> Json:
    """The names of secrets for a language in which `end` stands for the end of a text."""
    names = masks.load().secret_names
    return {
        "always": names.always.replace("<end>", end),
        "likely": names.likely.replace("<end>", end),
        "least": names.least,
    }


def _rule(mask: str, expression: str, hints: tuple[str, ...], gate: str, check: str | None) -> Json:
    return {"mask": f"[{mask}_MASKED]", "expression": expression, "hints": list(hints), "gate": gate, "check": check}


def _pattern(pattern: Pattern) -> Json:
    return _rule(pattern.mask, pattern.expression.replace("<start>", START), pattern.hints, pattern.gate, pattern.check)


def _key(key: Key) -> Json:
    if key.form is None:
        return _rule(key.mask, (key.expression or "").replace("<start>", START), key.hints, key.gate, key.check)
    expression, prefix = compiled(key.form)
    return {**_rule(key.mask, expression, (prefix,), "prefix", key.check), "least": least(key.form)}


def _named(named: Named) -> Json:
    """A rule for named secrets. ASCII names match at the end of a word (`dbPassword`), other names anywhere.

    With `=` before it a name is a word of its own, since many words end with it (`bypass`), or a part (`dbPass`).
    """
    whole = [literal(name[1:]) for name in named.names if name.startswith("=")]
    lower = [name for name in named.names if name.isascii() and not name.startswith("=")]
    others = [name for name in named.names if not name.isascii()]
    inner = [literal(name) for name in sorted(lower, key=len, reverse=True) if name[0] not in "_-"]
    words = []
    if inner:
        words.append(f"(?<![A-Za-z0-9])(?i:[A-Za-z0-9]{{0,24}}?(?:{_alternatives(inner)}))")
    words += [f"(?<=[A-Za-z0-9])(?i:{literal(name)})" for name in lower if name[0] in "_-"]
    if whole:
        parts = "|".join(f"{name[0].upper()}(?i:{name[1:]})" for name in whole)
        words.append(f"(?<![A-Za-z0-9])(?i:{'|'.join(whole)})|(?<=[a-z])(?:{parts})")
    if others:
        words.append(f"(?:{'|'.join(literal(name) for name in sorted(others, key=len, reverse=True))})")
    separator = NEAR if named.value == "bare" else SEPARATOR
    argument = f"|--[A-Za-z-]{{0,24}}?(?:{_alternatives(inner)})\\s{{1,4}}[\"']?" if inner else ""
    argument += f"|--(?:[A-Za-z-]{{1,24}}-)?(?:{'|'.join(whole)})\\s{{1,4}}[\"']?" if whole else ""
    expression = f"((?:{'|'.join(words)}){separator}{argument})(?!\\[[A-Z_]{{2,20}}_MASKED\\])({VALUE})"
    hints = tuple(dict.fromkeys(_lower(name).lstrip("_-=") for name in named.names))
    return _rule("SECRET", expression, _fewest(hints), "named", named.value)


def _alternatives(escaped: list[str]) -> str:
    """The names as alternatives, those with the same first letter together: a third of the time of one long list.

    Names of one letter keep their order, so that the longest is tried first.
    """
    by_letter: dict[str, list[str]] = {}
    for name in escaped:
        by_letter.setdefault(name[0], []).append(name[1:])
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())


def _lower(name: str) -> str:
    """The name with its ASCII letters in lower case, as client and filter lower a text."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in name)


def _fewest(hints: tuple[str, ...]) -> tuple[str, ...]:
    """The hints without those that contain another hint: a text with `api_key` contains `key` too."""
    return tuple(hint for hint in hints if not any(other != hint and other in hint for other in hints))
