"""The forms of keys in `masks.yaml`: literal text with <alphabet from-to> parts, compiled to an expression."""

from __future__ import annotations

import re
from typing import Final

from pydantic_core import PydanticCustomError

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


def compiled(form: str) -> tuple[str, str]:
    """(expression, the literal text it begins with) of a form that was checked."""
    out, at = [START], 0
    for part in PART.finditer(form):
        out += [literal(form[at : part.start()]), f"[{ALPHABETS[part[1]]}]{{{part[2]},{part[3] or part[2]}}}"]
        at = part.end()
    return "".join([*out, literal(form[at:]), TAIL]), form[: form.index("<")]


def least(form: str) -> int:
    """How many signs a text of the form has at least."""
    return len(PART.sub("", form)) + sum(int(part[2]) for part in PART.finditer(form))


def check(form: str) -> None:
    """Raise PydanticCustomError for what is no form."""
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


def literal(text: str) -> str:
    """An expression, for Ruby and Python, of this very text."""
    return re.sub(r"([.+*?()\[\]{}|^$\\/-])", r"\\\1", text)


def example(form: str, *, short: bool = False) -> str:
    """A text of a form; with `short` one with too few characters. The same each time."""

    def body(part: re.Match[str]) -> str:
        alphabet = [chr(code) for code in range(33, 127) if re.fullmatch(f"[{ALPHABETS[part[1]]}]", chr(code))]
        letters = [sign for sign in alphabet if sign.isalnum()]
        size = int(part[2]) - (1 if short else 0)
        return "".join(letters[(7 * place + 3) % len(letters)] for place in range(size))

    return PART.sub(body, form)
