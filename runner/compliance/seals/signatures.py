r"""The HMAC that the filter puts into each audit document: its canonical form, and the check of it.

The form is JSON with keys sorted by their code points, without blanks, in UTF-8, where in texts only `"`, the backslash
and U+0000 to U+001F are escaped (`\u00xx`), and where a number with a fraction or an exponent is `f` and the 16 hex
digits of its IEEE 754 double: two languages write the same double in different ways.
logstash/ruby/holysheep/document_seal.rb writes the same form; tests/cases/test_seal_law.py compares both.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runner.cluster import changes
from runner.host.keyring import NO_KEYS, Keyring

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.compliance.seals.reading import Signed

Json = dict[str, Any]
#: The kind whose documents carry an HMAC, and the part of a document that holds it.
KIND: Final = "audit"
PART: Final = "seal"
_PURPOSE: Final = b"holysheep document 1\n"
_ESCAPED: Final = re.compile(r'["\\\x00-\x1f]')


@dataclass(frozen=True)
class Keys:
    """The keys of seals, of audit documents and of records of changes."""

    seal: Keyring = NO_KEYS
    audit: Keyring = NO_KEYS
    change: Keyring = NO_KEYS


def canonical(value: Any) -> str:  # noqa: ANN401 - any JSON
    """A JSON value in the canonical form."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return "f" + struct.pack(">d", value).hex()
    return json.dumps(value)


def message(id_: str, source: Json) -> bytes:
    """What the HMAC of a document is made of: its `_id`, and its content without the HMAC."""
    holysheep = source.get("holysheep")
    part = holysheep.get(PART) if isinstance(holysheep, dict) else None
    if isinstance(holysheep, dict) and isinstance(part, dict):
        rest = {name: value for name, value in part.items() if name != "hmac"}
        source = source | {"holysheep": holysheep | {PART: rest}}
    return _PURPOSE + f"{id_}\n{canonical(source)}".encode("utf-8", "surrogatepass")


def of_document(id_: str, source: Json, keyring: Keyring) -> Signed:
    """Whether an audit document carries the right HMAC."""
    holysheep = source.get("holysheep")
    part = holysheep.get(PART) if isinstance(holysheep, dict) else None
    if not isinstance(part, dict) or not isinstance(part.get("hmac"), str):
        return "missing"
    return _judged(keyring.verify(str(part.get("key")), message(id_, source), part["hmac"]))


def of_change(source: Json, keyring: Keyring) -> Signed:
    """Whether a record of a change carries the right HMAC."""
    part = source.get("change")
    if not isinstance(part, dict) or not isinstance(part.get("hmac"), str):
        return "missing"
    whole = part | {"@timestamp": source.get("@timestamp")}
    return _judged(keyring.verify(str(part.get("key")), changes.message(whole), part["hmac"]))


def checker(kind: str, keys: Keys) -> Callable[[str, Json], Signed]:
    """The check for documents of a kind; one that checks nothing for kinds without HMAC, and without a key."""
    if kind == KIND and keys.audit.keys:
        return lambda id_, source: of_document(id_, source, keys.audit)
    if kind == changes.INDEX and keys.change.keys:
        return lambda _id, source: of_change(source, keys.change)
    return lambda _id, _source: "none"


def _judged(signed: bool | None) -> Signed:  # noqa: FBT001 - three values
    if signed is None:
        return "unknown key"
    return "right" if signed else "wrong"


def _text(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + '"'
