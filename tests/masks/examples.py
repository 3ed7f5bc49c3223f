"""The examples of masks.yaml as texts: those that must match, and those that must stay."""

from __future__ import annotations

from typing import Final

from generator.registry import mask_forms, masks

#: What is tried for time: short texts that expressions begin to match, repeated without an end.
UNITS: Final = (
    "a", "1", "9 ", "-", "a-", "a.", "a@", "@", "sk-", "://", "://a:", "://a:b", "password",
    "password=", "token: ", "key ", "key", "Bearer ", "eyJ", "eyJa.", "Cookie: ", "Cookie: a=",
    "-----BEGIN PRIVATE KEY-----", "DE89 ", "AB12", "4111 ", "0", "01-", "+1 ", "(", '"', "'", "\\",
    "\\n", "%40", "a%40", "a.b@c.", "é", "가", "비밀번호:", "&a=", "?token=", "=", "_", "A", "a1", "/bot1",
    ":AA", "1:AA", "Q~", "hooks.slack.com/", "dp.st.", "s.", "N.", "is ", "--password ", "tel ", "전화",
    "0 1", "\u00a0", "@a.", "x@y.z@", '"a"@', ",a", ",)", "password:,", "\\u0041", "密码\uff1a", "a=b&",
    "1.1.", "1-1-", "Authorization: ", "authorization: a b ", 'authorization: digest a="b", ',
    "authorization: token a=b,", "\uff10", "1\u2013", "\uff10\uff0d", "1 \u30fc ", "900101 - ", "1\u3000(",
)  # fmt: skip


def matching() -> list[str]:
    """Every `match`, and a made-up text of every form."""
    table = masks.load()
    result = [text for entry in (*table.named, *table.patterns) for text in entry.match]
    for key in table.keys:
        example = mask_forms.example(key.form) if key.form else ""
        result += [text.replace("{}", example) for text in (*key.match, *(["see {} there"] if key.form else []))]
    return result


def harmless() -> list[str]:
    """Every `not`, and of every form a text that is one sign too short."""
    table = masks.load()
    result = [text for entry in (*table.keys, *table.named, *table.patterns) for text in entry.not_]
    return [*result, *(mask_forms.example(key.form, short=True) for key in table.keys if key.form)]


def long(unit: str, size: int) -> str:
    """The unit again and again, up to so many characters."""
    return (unit * (size // len(unit) + 1))[:size]
