"""Numbers in full-width digits and signs, as an Asian keyboard writes them, or with dashes of print.

The masks know ASCII alone. Such a number is shown to them in ASCII, and stays as it was unless they find something.
The twin of logstash/ruby/holysheep/mask_wide.rb.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: A dash, or a vowel that is typed for one (U+30FC of katakana, U+3161 of hangul).
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc\u3161"
_DIGITS: Final = "".join(chr(0xFF10 + number) for number in range(10))
_SIGNS: Final = "\u3000\uff08\uff09\uff0b\uff0e\uff0f"
_NARROW: Final = str.maketrans(_DIGITS + _SIGNS + _DASHES, "0123456789 ()+./" + "-" * len(_DASHES))
#: Such a digit, or such a sign behind a digit.
_ANY: Final = re.compile(rf"[{_DIGITS}]|[0-9](?: ?[{_DASHES}]|\u3000)")
#: Eight digits and more, and a letter behind them, which says that they are no number of a person.
_RUN: Final = re.compile(
    rf"(?<![0-9A-Za-z{_DIGITS}])[(\uff08+\uff0b]?[0-9{_DIGITS}]"
    rf"(?:[ .()/\u00a0{_SIGNS}{_DASHES}-]{{0,3}}[0-9{_DIGITS}]){{7,63}}[A-Za-z_]?"
)


def replaced(text: str, masked: Callable[[str], str]) -> str:
    """The text, with what `masked` makes of each such number in ASCII where it differs from that number."""
    if text.isascii() or _ANY.search(text) is None:
        return text

    def shown(match: re.Match[str]) -> str:
        if _ANY.search(match[0]) is None:
            return match[0]
        plain = match[0].translate(_NARROW)
        result = masked(plain)
        return match[0] if result == plain else result

    return _RUN.sub(shown, text)
