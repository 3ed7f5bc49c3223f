"""Takes personal data and secrets out of a text, as the filter does: the same table, the same outcome.

Only the standard library. `python -m holysheep.mask < file` masks lines.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from holysheep.mask_checks import CHECKS, Check

RULES = Path(__file__).with_name("masks.json")
#: Most texts of a call are such ids; no mask knows their form.
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_ESCAPED_ASCII = re.compile(r"\\u00([2-7][0-9A-Fa-f])")
#: Without these in a text no mask of the gate can match; each is one quick look.
_GATES = {
    "digits": re.compile(r"[0-9][0-9 .()\u00a0\u2009\u202f-]{5}", re.ASCII),
    "capital": re.compile(r"[A-Z](?:[A-Z] ?|[A-Z]{5})?[0-9]{2}|[0-9]{7}-?[A-Z]", re.ASCII),
    "phone": re.compile(r"[0-9][0-9 .()/\u00a0-]{5}", re.ASCII),
    "iban": re.compile(r"(?:[A-Z]{2}|[a-z]{2})[0-9]{2}[ \u00a0-]?[0-9A-Za-z]{4}", re.ASCII),
}


class _Mask(NamedTuple):
    label: str
    expression: re.Pattern[str]
    hints: tuple[str, ...]
    gate: str
    check: Check | None

    def replaced(self, match: re.Match[str]) -> str:
        """The label, behind the first group where there is one; the text itself when it fails the check."""
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
    """The text without what must not be kept. A masked text stays as it is."""
    if len(value) == 36 and _UUID.fullmatch(value):  # noqa: PLR2004 - a UUID's length
        return value
    out = _ESCAPED_ASCII.sub(lambda match: chr(int(match[1], 16)), value) if "\\u00" in value else value
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
    """In lower case, of ASCII letters only, as the filter does it."""
    return value.translate({code: code + 32 for code in range(65, 91)})


def main() -> int:
    """Mask standard input line by line."""
    for line in sys.stdin:
        sys.stdout.write(text(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
