"""Random texts near the border of masks: ids with and without a secret, numbers with all signs that may part them."""

from __future__ import annotations

import random
import re
import string
import uuid
from typing import TYPE_CHECKING, Final

from generator.registry import mask_forms, masks
from tests.masks import corpus, examples

if TYPE_CHECKING:
    from collections.abc import Callable

ID: Final = re.compile(r"[A-Za-z0-9_-]+")
#: Where a secret may stand in an id.
PLACES: Final = (
    "{}", "req_{}", "a-{}", "{}-b", "x_{}_y", "id{}", "{}z9", "--{}", "tel-{}", "Phone-no-{}", "call-{}-now",
)  # fmt: skip
#: What ids and numbers are made of.
SIGNS: Final = (
    string.digits, string.digits + "-", string.digits * 3 + "-_", corpus.HEX, corpus.HEX + "-", corpus.ALNUM,
    string.ascii_uppercase + string.digits * 3,
    string.digits * 2 + "-" + string.ascii_uppercase,
)  # fmt: skip
#: Digits and signs of print.
WIDE_DIGITS: Final = "".join(chr(0xFF10 + digit) for digit in range(10))
DASHES: Final = "-\uff0d\u2013\u2014\u2010\u2011\u2212\u30fc\u3161"
WIDE_SIGNS: Final = DASHES + " \uff08\uff09\uff0b\u3000"
NUMBER_SIGNS: Final = (
    string.digits * 3 + " .()/-", string.digits * 4 + " -", string.digits * 3 + "+ ()-",
    string.digits * 3 + "\u00a0\u2009\u202f.", string.digits * 3 + "\\nt%2 -", string.digits * 2 + "ABCXYZ -",
    string.digits * 3 + WIDE_DIGITS + WIDE_SIGNS, WIDE_DIGITS * 3 + WIDE_SIGNS,
)  # fmt: skip
WORDS: Final = (
    "tel ", "Phone: ", "MOBILE-", "전화", "手机 ", "тел. ", "call\n", "tel: (of homes)(+", "sms: (of homes)",
    "x", "", "", "+", "(", "00", "07", "01",
)  # fmt: skip
COUNTRIES: Final = (
    ("NO", 15), ("BE", 16), ("DK", 18), ("AT", 20), ("CH", 21), ("DE", 22), ("AE", 23), ("ES", 24),
    ("PT", 25), ("TR", 26), ("FR", 27), ("PL", 28), ("BR", 29), ("QA", 29), ("KW", 30), ("MT", 31),
)  # fmt: skip


def ids(seed: int = 8) -> list[str]:
    """Ids with a secret in them, and ids of many kinds without."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    texts = [place.replace("{}", secret) for secret in _secrets(chance) for place in PLACES]
    texts += [f"{head}{uuid.UUID(int=chance.getrandbits(128))}" for head in ("-", "sess_", "req-") for _ in range(1000)]
    for signs in SIGNS:
        texts += ["".join(chance.choices(signs, k=chance.randint(1, 36))) for _ in range(1500)]
    return texts


def numbers(seed: int = 9) -> list[str]:
    """Numbers with signs between their digits, some behind a word for a phone."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    texts = []
    for signs in NUMBER_SIGNS:
        for _ in range(2000):
            number = "".join(chance.choices(signs, k=chance.randint(6, 24)))
            texts.append(chance.choice(WORDS) + number + chance.choice(("", "", ".", " a", "z")))
    for make in (corpus.PEOPLE[kind] for kind in corpus.PEOPLE if kind.startswith("phone")):
        texts += [chance.choice(WORDS) + make(chance) for _ in range(50)]
    for make in corpus.PEOPLE.values():
        written = make(chance)
        texts += [chance.choice(WORDS) + wide(chance, written) + chance.choice(("", "", ".", "a")) for _ in range(40)]
    texts += [wide(chance, number) for number in resident(chance)]
    return [*texts, *resident(chance)]


def wide(chance: random.Random, text: str) -> str:
    """The text with some of its digits or dashes as in print."""
    digits = {sign: WIDE_DIGITS[int(sign)] for sign in string.digits} if chance.random() < 0.7 else {}
    dash = chance.choice(DASHES)
    return "".join(dash if sign == "-" else digits.get(sign, sign) for sign in text)


def resident(chance: random.Random) -> list[str]:
    """Texts near Korean resident numbers: a date that may be wrong, in several spellings; times in milliseconds."""
    texts = [str(chance.randrange(1_400_000_000_000, 1_900_000_000_000)) for _ in range(1000)]
    for _ in range(4000):
        date = f"{chance.randint(0, 99):02d}{chance.randint(0, 13):02d}{chance.randint(0, 32):02d}"
        texts.append(
            f"{date}{chance.choice(('', '', '', ' ', '-', ' - ', ' -', '- '))}{chance.randint(0, 9999999):07d}"
        )
    return texts


def _secrets(chance: random.Random) -> list[str]:
    made = [make(chance) for makers in corpus.FAMILIES.values() for make in makers.values() for _ in range(10)]
    made += [mask_forms.example(key.form) for key in masks.load().keys if key.form]
    made += [make(chance) for make in _ibans() for _ in range(3)]
    names = ("password", "apikey", "session", "Token", "otp", "key")
    made += [f"{name}provided{chance.getrandbits(64):x}Ab" for name in names]
    return [text for text in [*made, *examples.matching()] if ID.fullmatch(text)]


def _ibans() -> list[Callable[[random.Random], str]]:
    forms = (str, str.lower, corpus.grouped("-"), lambda text: corpus.grouped("-")(text).lower())
    return [corpus.iban(country, size, form) for country, size in COUNTRIES for form in forms]
