"""Checks that a regular expression can't do: check digits, and those of mask_values.

The twin of logstash/ruby/holysheep/mask_checks.rb; tests/cases/test_masks.py holds both equal.
"""

# ruff: noqa: PLR2004 - the numbers are those of the schemes, and lengths that the docstrings give
from __future__ import annotations

import re
from collections.abc import Callable

from holysheep.mask_values import bare, digit, digits, likely, password, secret, session, signed, token

Check = Callable[[str], bool]

_CHINA = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_VERHOEFF = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTATION = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
#: Korean resident numbers: weights of the check digit, days of the months.
_RRN = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ISSUERS = re.compile(
    r"(?:4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|35[0-9]{14}|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}"
    r"|62[0-9]{14,17}|50[0-9]{10,17}|5[6-8][0-9]{10,17}|6[037][0-9]{10,17})"
)
_SIGN = re.compile(r"[ .\u00a0\u2009\u202f-]")
#: Length of IBANs → countries: the registry of ISO 13616, and those that use IBANs without an entry in it.
_IBANS = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "AO CV GW LY MZ PT ST",
    26: "DZ IR IS TR",
    27: "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
    28: "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}


def luhn(value: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812."""
    total = 0
    for place, number in enumerate(reversed(digits(value))):
        doubled = number * 2 if place % 2 else number
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def card(value: str) -> bool:
    """Whether the value is a card number: an issuer's prefix and length, one kind of separator, the check digit."""
    number = re.sub(r"[^0-9]", "", value)
    signs = set(_SIGN.findall(value))
    return len(signs) <= 1 and _ISSUERS.fullmatch(number) is not None and _grouped(value) and luhn(number)


def _grouped(value: str) -> bool:
    sizes = [len(part) for part in _SIGN.split(value)]
    return len(sizes) == 1 or (sizes[0] == 4 and all(size in {3, 4, 5, 6} for size in sizes[1:-1]))


def mod97(value: str) -> bool:
    """Whether the value is an IBAN (ISO 13616): a country with its length, and the check digits.

    The check digits alone would take one in 1,600 random hexadecimal ids for an IBAN.
    """
    compact = re.sub(r"[ \u00a0-]", "", value).upper()
    if compact[:2] not in _IBANS.get(len(compact), ""):
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def china(value: str) -> bool:
    """Whether the check character of a Chinese resident id is right."""
    total = sum(weight * int(value[place]) for place, weight in enumerate(_CHINA))
    return "10X98765432"[total % 11] == value[17].upper()


def verhoeff(value: str) -> bool:
    """Whether the check digit of an Aadhaar number is right."""
    check = 0
    for place, number in enumerate(reversed(digits(value))):
        check = int(_VERHOEFF[check][int(_PERMUTATION[place % 8][number])])
    return check == 0


def cpf(value: str) -> bool:
    """Whether the two check digits of a Brazilian CPF are right."""
    numbers = digits(value)
    for size in (9, 10):
        total = sum(number * (size + 1 - place) for place, number in enumerate(numbers[:size]))
        if total * 10 % 11 % 10 != numbers[size]:
            return False
    return len(set(numbers)) > 1


def rrn(value: str) -> bool:
    """Whether it is a Korean resident number. With a dash its form is enough.

    Unbroken digits need a day of the calendar, the century that goes with the year, and the check digit, since times in
    milliseconds and ids have 13 digits too.
    """
    if "-" in value:
        return True
    numbers = digits(value)
    year, month, day = (10 * tens + ones for tens, ones in zip(numbers[0:6:2], numbers[1:6:2], strict=True))
    born_since_2000 = numbers[6] in {3, 4, 7, 8}
    if born_since_2000 != (year <= 20) or day > _DAYS[month - 1] - (month == 2 and year % 4 != 0):
        return False
    total = sum(weight * number for weight, number in zip(_RRN, numbers, strict=False))
    return (11 - total % 11 + (2 if numbers[6] >= 5 else 0)) % 10 == numbers[12]


def dni(value: str) -> bool:
    """Whether the check letter of a Spanish DNI or NIE is right."""
    compact = value.replace("-", "")
    number = re.sub(r"^[XYZ]", lambda match: str("XYZ".index(match[0])), compact[:-1])
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == compact[-1]


def ssn(value: str) -> bool:
    """Whether a US social security number is possible: no group is all zeros, and the first is not 666."""
    return value[:3] not in {"000", "666"} and value[4:6] != "00" and value[7:] != "0000"


def phone(value: str) -> bool:
    """Whether the value has as many digits as a phone number: 7 to 15, or 8 to 15 after `+` or `00`."""
    return 7 + value.startswith(("+", "00")) <= len(digits(value)) <= 15


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        card,
        mod97,
        china,
        verhoeff,
        cpf,
        dni,
        rrn,
        ssn,
        phone,
        digit,
        password,
        secret,
        session,
        bare,
        likely,
        token,
        signed,
    )
}
