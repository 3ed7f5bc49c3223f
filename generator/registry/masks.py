"""The table of masks, `masks.yaml`: read, checked, compiled to expressions that Ruby and Python understand alike."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from generator import yamltext
from generator.explain import validate
from generator.strict import Strict

PATH: Final = Path(__file__).parent / "masks.yaml"
Json = dict[str, Any]

ALPHABETS: Final = {
    "hex": "0-9a-f",
    "xhex": "0-9A-Fa-f",
    "digit": "0-9",
    "upper": "A-Z0-9",
    "lower": "a-z0-9",
    "alnum": "A-Za-z0-9",
    "word": "A-Za-z0-9_-",
    "dot": "A-Za-z0-9._-",
    "base64": "A-Za-z0-9+/=_%-",
    "path": "A-Za-z0-9/_-",
}
#: A word begins here; also behind a line break that JSON has escaped, and behind a percent-encoded sign.
START: Final = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=%[0-9A-Fa-f]{2}))"
#: What follows a form without a break belongs to the secret.
TAIL: Final = "[A-Za-z0-9_-]{0,512}"
#: A shorter prefix occurs in almost every text.
SHORTEST_PREFIX: Final = 2
#: What keys consist of. The filter looks for a word of these (logstash/ruby/holysheep/mask_table.rb, LONG_WORD).
KEY_SIGNS: Final = re.compile(r"[A-Za-z0-9_.~:/%+=-]*")
PART: Final = re.compile(r"<([a-z0-9]+) (\d+)(?:-(\d+))?>")
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
Check = Literal[
    "card", "china", "cpf", "digit", "dni", "mod97", "phone", "rrn", "ssn", "token", "signed", "verhoeff",
    "password", "secret", "session", "bare", "likely",
]  # fmt: skip
Gate = Literal["always", "digits", "capital", "phone", "iban", "called"]


class _Part(Strict):
    match: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), alias="not")


class Key(_Part):
    """A vendor's key, as a form or as an expression. `hints`: texts of which one must occur for a match."""

    vendor: str
    mask: str = Field(default="API_KEY", pattern=r"^[A-Z_]{2,20}$")
    form: str | None = None
    expression: str | None = None
    hints: tuple[str, ...] = ()
    gate: Literal["always", "hex"] = "always"
    check: Check | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Key:
        if (self.form is None) == (self.expression is None):
            raise PydanticCustomError("masks", "a key has either a form or an expression")
        if self.expression is not None and not (self.hints and self.match):
            raise PydanticCustomError("masks", "an expression needs hints and an example under match")
        if self.form is not None:
            _checked(self.form)
        return self


class Named(_Part):
    """Names of secrets such as `password`, and the check that decides whether the value behind a name is a secret."""

    names: tuple[str, ...] = Field(min_length=1)
    value: Literal["password", "secret", "session", "bare", "likely"]


class Pattern(_Part):
    """A regular expression with its mask."""

    mask: str = Field(pattern=r"^[A-Z_]{2,20}$")
    expression: str
    hints: tuple[str, ...] = ()
    gate: Gate = "always"
    check: Check | None = None


class SecretNames(_Part):
    """Names of keys whose value is a secret: `always`, or where the value looks like a password (`likely`).

    Of whole numbers only those from `least` on are secrets. `match` and `not` are names.
    """

    always: str
    likely: str
    least: int = Field(ge=1)


class Table(Strict):
    """masks.yaml."""

    keys: tuple[Key, ...]
    named: tuple[Named, ...]
    secret_names: SecretNames
    patterns: tuple[Pattern, ...]


def compiled(form: str) -> tuple[str, str]:
    """(expression, the literal text it begins with) of a form that was checked."""
    out, at = [START], 0
    for part in PART.finditer(form):
        out += [_literal(form[at : part.start()]), f"[{ALPHABETS[part[1]]}]{{{part[2]},{part[3] or part[2]}}}"]
        at = part.end()
    return "".join([*out, _literal(form[at:]), TAIL]), form[: form.index("<")]


def least(form: str) -> int:
    """How many signs a text of the form has at least."""
    return len(PART.sub("", form)) + sum(int(part[2]) for part in PART.finditer(form))


def _checked(form: str) -> None:
    parts = list(PART.finditer(form))
    if not parts or parts[0].start() < SHORTEST_PREFIX or "<" in PART.sub("", form):
        raise PydanticCustomError(
            "masks", "a form is a prefix of two characters or more, then <alphabet from-to> parts"
        )
    if not KEY_SIGNS.fullmatch(PART.sub("", form)):
        raise PydanticCustomError("masks", "a form has letters, digits and _ . ~ : / % + = - beside its parts")
    for part in parts:
        if part[1] not in ALPHABETS:
            detail = {"alphabet": part[1], "known": ", ".join(ALPHABETS)}
            raise PydanticCustomError("masks", "no alphabet is called {alphabet}; there are {known}", detail)


def _literal(text: str) -> str:
    return re.sub(r"([.+*?()\[\]{}|^$\\/-])", r"\\\1", text)


def example(form: str, *, short: bool = False) -> str:
    """A text of a form; with `short` one with too few characters. The same each time."""

    def body(part: re.Match[str]) -> str:
        alphabet = [chr(code) for code in range(33, 127) if re.fullmatch(f"[{ALPHABETS[part[1]]}]", chr(code))]
        letters = [sign for sign in alphabet if sign.isalnum()]
        size = int(part[2]) - (1 if short else 0)
        return "".join(letters[(7 * place + 3) % len(letters)] for place in range(size))

    return PART.sub(body, form)


@cache
def load(path: Path = PATH) -> Table:
    """The table. UserError (UserErrors when several) names each wrong line."""
    return parse(yamltext.read(path))


def parse(document: yamltext.Document) -> Table:
    """The table of a document that is already read."""
    return validate(Table, document, see="see the head of masks.yaml and docs/privacy.md")


def rules(table: Table | None = None) -> list[Json]:
    """All masks in the order in which they are applied: the most specific ones first."""
    table = table or load()
    first = [_pattern(pattern) for pattern in table.patterns if pattern.gate == "always" and pattern.mask != "EMAIL"]
    last = [_pattern(pattern) for pattern in table.patterns if pattern.gate != "always" or pattern.mask == "EMAIL"]
    keys = [_key(key) for key in table.keys]
    return [*first, *keys, *(_named(named) for named in table.named), *last]


def secret_names(end: str, table: Table | None = None) -> Json:
    """The names of secrets for a language in which `end` stands for the end of a text."""
    names = (table or load()).secret_names
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
    whole = [_literal(name[1:]) for name in named.names if name.startswith("=")]
    lower = [name for name in named.names if name.isascii() and not name.startswith("=")]
    others = [name for name in named.names if not name.isascii()]
    inner = [_literal(name) for name in sorted(lower, key=len, reverse=True) if name[0] not in "_-"]
    words = []
    if inner:
        words.append(f"(?<![A-Za-z0-9])(?i:[A-Za-z0-9]{{0,24}}?(?:{_alternatives(inner)}))")
    words += [f"(?<=[A-Za-z0-9])(?i:{_literal(name)})" for name in lower if name[0] in "_-"]
    if whole:
        parts = "|".join(f"{name[0].upper()}(?i:{name[1:]})" for name in whole)
        words.append(f"(?<![A-Za-z0-9])(?i:{'|'.join(whole)})|(?<=[a-z])(?:{parts})")
    if others:
        words.append(f"(?:{'|'.join(_literal(name) for name in sorted(others, key=len, reverse=True))})")
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
