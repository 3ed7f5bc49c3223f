"""Masks personal data and secrets in a text. The Logstash filter uses the same table and gives the same result.

Only the standard library. `python -m holysheep.mask < file` masks lines.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from holysheep import mask_wide
from holysheep.mask_checks import CHECKS, Check

RULES = Path(__file__).with_name("masks.json")
#: UUIDs are skipped: most texts of a call are UUIDs, and no mask matches one.
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_ESCAPED_ASCII = re.compile(r"\\u00([2-7][0-9A-Fa-f])")
_NUMBER = re.compile(r"[0-9][0-9 .()/\u00a0-]{5}", re.ASCII)
#: A quick test for each group of masks ("gate"): where it does not match, no mask of the group can match.
_GATES = {
    "digits": re.compile(r"[0-9][0-9 .()\u00a0\u2009\u202f-]{5}", re.ASCII),
    "capital": re.compile(r"[A-Z](?:[A-Z] ?|[A-Z]{5})?[0-9]{2}|[0-9]{7}-?[A-Z]", re.ASCII),
    "phone": _NUMBER,
    "iban": re.compile(r"(?:[A-Z]{2}|[a-z]{2})[0-9]{2}[ \u00a0-]?[0-9A-Za-z]{4}", re.ASCII),
    "hex": re.compile(r"[0-9a-f]{32}[-.]", re.ASCII),
    "called": _NUMBER,
}


class _Mask(NamedTuple):
    label: str
    expression: re.Pattern[str]
    hints: tuple[str, ...]
    gate: str
    check: Check | None

    def replaced(self, match: re.Match[str]) -> str:
        """What replaces a match: the mask's label, or the matched text itself when it fails the check.

        An expression with two groups matches a name and its value: then only the value is replaced.
        """
        groups = self.expression.groups >= 2 and match[1] is not None  # noqa: PLR2004 - the name and its value
        value = match[2] if groups else match[0]
        if self.check is not None and not self.check(value):
            return match[0]
        return match[1] + self.label if groups else self.label


@cache
def _masks() -> tuple[_Mask, ...]:
    rules = json.loads(RULES.read_text(encoding="utf-8"))
    return tuple(
        _Mask(
            rule["mask"],
            re.compile(rule["expression"], re.ASCII),
            tuple(rule["hints"]),
            rule["gate"],
            CHECKS[rule["check"]] if rule["check"] else None,
        )
        for rule in rules
    )


def text(value: str) -> str:
    """The masked text. Masking a text a second time changes nothing."""
    if len(value) == 36 and _UUID.fullmatch(value):  # noqa: PLR2004 - a UUID's length
        return value
    out = _ESCAPED_ASCII.sub(lambda match: chr(int(match[1], 16)), value) if "\\u00" in value else value
    out = mask_wide.replaced(out, text)
    lower = _lower(out)
    gates: dict[str, bool] = {}
    for mask in _masks():
        if mask.gate in _GATES:
            if mask.gate not in gates:
                gates[mask.gate] = _GATES[mask.gate].search(out) is not None
            if not gates[mask.gate]:
                continue
        elif not any(hint in (lower if mask.gate == "named" else out) for hint in mask.hints):
            continue
        out = mask.expression.sub(mask.replaced, out)
    return out


def _lower(value: str) -> str:
    """The text with its ASCII letters in lower case. Other letters stay, as in the filter."""
    return value.translate({code: code + 32 for code in range(65, 91)})


def main() -> int:
    """Mask standard input line by line."""
    for line in sys.stdin:
        sys.stdout.write(text(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
