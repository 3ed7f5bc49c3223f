"""Whether a value behind a name such as `token:` or `password:` is a secret, or a word, a sentence or a number.

The twin of logstash/ruby/holysheep/mask_checks.rb, as mask_checks is.
"""

# ruff: noqa: PLR2004 - lengths that the docstrings give
from __future__ import annotations

import re

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
_UNIT = (
    r"(?:[nuµμm]?s|secs?|seconds?|mins?|minutes?|m|h|hrs?|hours?|%|x|[kKMG]i?B?|B|bytes?|tok(?:en)?s?|t|req|chars?|calls?"
    r"|USD|EUR|KRW|JPY|CNY|usd|cents?|원|초)"
)
#: A measured value or a count; with a unit, or without one.
_MEASURE = re.compile(
    r"[~≈]?[+-]?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,18}(?:[eE][0-9]{1,2})?)?(?:[eE][+-][0-9]{1,3})?"
    rf"(?:{_UNIT}(?:/{_UNIT})?)?[.;:!?]{{0,2}}"
)
#: What tests and builds print behind PASS, a count with an ending (2nd), a version; a sentence.
_TEST = re.compile(r"\A(?i:test)|/.*\.|\A[0-9]{1,5}[a-z]{0,4}\Z|\A[0-9]+/[0-9]+\Z|\Av?[0-9]+(?:\.[0-9]+)+\Z|[ \t]")
_ASIAN_STATEMENT = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]+[.。!]?")


def digits(value: str) -> list[int]:
    """The value's digits."""
    return [int(sign) for sign in value if "0" <= sign <= "9"]


def digit(value: str) -> bool:
    """Whether the value has two digits: keys have, names of packages and branches mostly don't."""
    return len(digits(value)) >= 2


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
    if _MEASURE.fullmatch(value):
        return False
    if re.fullmatch(r"[0-9.,:/-]+", value):
        return len(digits(value)) >= 20
    return _mixed(value) or (len(value) >= 16 and re.search(r"[a-z][A-Z]|[+/=]", value) is not None)


def likely(value: str) -> bool:
    """Whether a value after the word `pass` is likely a password: letters with digits or signs, or six digits.

    Neither a measured value nor the name of a test is one.
    """
    if re.fullmatch(r"[0-9]+", value):
        return len(value) >= 6
    if len(value) < 5 or not password(value) or _WORD.fullmatch(value):
        return False
    if _MEASURE.fullmatch(value) or _TEST.search(value):
        return False
    return _mixed(value) or re.search(r"[A-Za-z].*[!@#$^&*?~+]|[!@#$^&*?~+].*[A-Za-z]", value) is not None


def session(value: str) -> bool:
    """Whether the value can be a session id: eight characters or more, with letters and digits."""
    return len(value) >= 8 and re.search(r"[ \t\r\n\f\v]", value) is None and _mixed(value)


def bare(value: str) -> bool:
    """Whether a value after the bare word `key` is a key: 20 characters of mixed cases and digits, or 32 hex digits."""
    if _UUID.fullmatch(value) or re.search(r"[ \t\r\n\f\v:./]", value):
        return False
    mixed = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value) and len(digits(value)) >= 2
    return bool(len(value) >= 20 and mixed) or re.fullmatch(r"[0-9a-f]{32}", value) is not None


def token(value: str) -> bool:
    """Whether a value after `Bearer` or `Basic` is a token, and not a plain word."""
    return _WORD.fullmatch(value) is None and not _statement(value)


def signed(value: str) -> bool:
    """Whether a URL's parameter is a signature, and not a plain word or a number."""
    return _WORD.fullmatch(value) is None and re.fullmatch(r"[0-9]{1,12}", value) is None and not _statement(value)
