"""Checks that a regular expression can't do: check digits, and whether a value behind `token:` is a secret.

The twin of logstash/ruby/holysheep/mask_checks.rb; tests/cases/test_masks.py holds both equal.
"""

# ruff: noqa: PLR2004 - the numbers are those of the schemes, and lengths that the docstrings give
from __future__ import annotations

import re
from collections.abc import Callable

Check = Callable[[str], bool]

_CHINA = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_VERHOEFF = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTATION = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_ISSUERS = re.compile(
    r"(?:4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|35[0-9]{14}|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}"
    r"|62[0-9]{14,17}|50[0-9]{10,17}|5[6-8][0-9]{10,17}|6[037][0-9]{10,17})"
)
_GROUPS = re.compile(r"(?:[0-9]{4}){2,4}[0-9]{1,3}|[0-9]{12,19}")
_SIGN = re.compile(r"[ .\u00a0\u2009\u202f-]")
_WORD = re.compile(
    r"[A-Za-z]?[a-z]{1,23}(?:[-_/][A-Za-z]?[a-z]{1,23}){0,5}[.!?:]{0,3}|[A-Z]{1,23}(?:[_-][A-Z]{1,23}){0,5}"
)
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_STATEMENT = re.compile(
    r"(?i:required|expected?|invalid|incorrect|missing|must|should|cannot|can|can't|not|no|none|null|nil|undefined|true|false"
    r"|empty|too|wrong|expired|is|was|are|be|has|have|if|for|in|of|on|or|and|the|a|an|to|from|with|without|does|do|did|field|string"
    r"|value|please|unknown|unset|set|changed|reset|mismatch|failed|denied|error|needed|optional|hidden|redacted|masked|forgotten"
    r"|protected|policy|length|at|by|your|you|this|that|it|will|contains?|minimum|maximum|exactly|enabled|disabled|rejected"
    r"|authentication|login|updated|ok|n/a|unauthorized|obligatorio|requis|erforderlich|обязателен|necesario)"
)
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
_ASIAN_STATEMENT = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]+[.。!]?")


def _digits(value: str) -> list[int]:
    return [int(sign) for sign in value if "0" <= sign <= "9"]


def luhn(value: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(reversed(_digits(value))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def card(value: str) -> bool:
    """Whether the value is a card number: an issuer's prefix and length, one kind of separator, the check digit."""
    digits = re.sub(r"[^0-9]", "", value)
    signs = set(_SIGN.findall(value))
    return len(signs) <= 1 and _ISSUERS.fullmatch(digits) is not None and _grouped(value) and luhn(digits)


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
    for place, digit in enumerate(reversed(_digits(value))):
        check = int(_VERHOEFF[check][int(_PERMUTATION[place % 8][digit])])
    return check == 0


def cpf(value: str) -> bool:
    """Whether the two check digits of a Brazilian CPF are right."""
    digits = _digits(value)
    for size in (9, 10):
        total = sum(digit * (size + 1 - place) for place, digit in enumerate(digits[:size]))
        if total * 10 % 11 % 10 != digits[size]:
            return False
    return len(set(digits)) > 1


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
    return 7 + value.startswith(("+", "00")) <= len(_digits(value)) <= 15


def digit(value: str) -> bool:
    """Whether the value has two digits: keys have, names of packages and branches mostly don't."""
    return len(_digits(value)) >= 2


def _mixed(value: str) -> bool:
    return re.search(r"[0-9]", value) is not None and re.search(r"[A-Za-z]", value) is not None


def _statement(value: str) -> bool:
    first = re.split(r"[ \t\r\n\f\v.,:;!?()]", value, maxsplit=1)[0]
    return _STATEMENT.fullmatch(first) is not None or _ASIAN_STATEMENT.fullmatch(value) is not None


def password(value: str) -> bool:
    """Whether a value after `password:` can be a password, and is not a sentence such as `is required`."""
    return (
        len(value) >= 3
        and not _statement(value)
        and value[0] not in "<{$%*"
        and re.search(r"[0-9A-Za-z\u0080-\U0010ffff]", value) is not None
    )


def secret(value: str) -> bool:
    """Whether the value has letters and digits, or is long and of mixed cases."""
    if (
        len(value) < 6
        or re.search(r"[ \t\r\n\f\v]", value)
        or value[0] in "<{$*"
        or _WORD.fullmatch(value)
        or _statement(value)
    ):
        return False
    if re.fullmatch(r"[0-9.,:/-]+", value):
        return len(_digits(value)) >= 20
    return _mixed(value) or (len(value) >= 16 and re.search(r"[a-z][A-Z]|[+/=]", value) is not None)


def session(value: str) -> bool:
    """Whether the value can be a session id: eight characters or more, with letters and digits."""
    return len(value) >= 8 and re.search(r"[ \t\r\n\f\v]", value) is None and _mixed(value)


def bare(value: str) -> bool:
    """Whether a value after the bare word `key` is a key: 20 characters of mixed cases and digits, or 32 hex digits."""
    if _UUID.fullmatch(value) or re.search(r"[ \t\r\n\f\v:./]", value):
        return False
    mixed = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value) and len(_digits(value)) >= 2
    return bool(len(value) >= 20 and mixed) or re.fullmatch(r"[0-9a-f]{32}", value) is not None


def token(value: str) -> bool:
    """Whether a value after `Bearer` or `Basic` is a token, and not a plain word."""
    return _WORD.fullmatch(value) is None and not _statement(value)


def signed(value: str) -> bool:
    """Whether a URL's parameter is a signature, and not a plain word or a number."""
    return _WORD.fullmatch(value) is None and re.fullmatch(r"[0-9]{1,12}", value) is None and not _statement(value)


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        card,
        mod97,
        china,
        verhoeff,
        cpf,
        dni,
        ssn,
        phone,
        digit,
        password,
        secret,
        session,
        bare,
        token,
        signed,
    )
}
