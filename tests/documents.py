"""Documents against registry/fields.yaml: which fields an index may have, and which JSON values fit them."""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[1]
FIELDS: Final = ROOT / "generator" / "registry" / "fields.yaml"
DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
INDEX: Final = re.compile(r"[a-z0-9._-]+?-([a-z]+)-(\d{4}\.\d\d\.\d\d)")
#: Elasticsearch refuses a document with a longer term in a keyword field.
LONGEST_TERM: Final = 32_766
Json = dict[str, Any]


@cache
def fields_of(kind: str) -> dict[str, str]:
    """Name and Elasticsearch type of every field that documents of an index kind may have."""
    groups = yaml.safe_load(FIELDS.read_text(encoding="utf-8"))["groups"]
    return {field["name"]: field["type"] for group in groups if kind in group["in"] for field in group["fields"]}


def flat(value: Json, known: dict[str, str], prefix: str = "") -> dict[str, Any]:
    """Leaves by dotted name; a field of the list is a leaf, whatever it holds."""
    leaves: dict[str, Any] = {}
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict) and name not in known:
            leaves.update(flat(inner, known, f"{name}.") or {name: inner})
        else:
            leaves[name] = inner
    return leaves


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _address(value: object) -> bool:
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def _keyword(value: object) -> bool:
    return isinstance(value, str) and len(value.encode()) <= LONGEST_TERM


def _flattened(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) and _keyword(inner) for key, inner in value.items())


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")


def fits(kind: str, value: object) -> bool:  # noqa: PLR0911  # one line a type reads best
    """Whether a JSON value is what a field of that Elasticsearch type should get."""
    if isinstance(value, list):
        return kind == "keyword" and bool(value) and all(_keyword(item) for item in value)
    if kind == "date":
        return isinstance(value, str) and DATE.fullmatch(value) is not None
    if kind == "long":
        return _whole(value, -(2**63), 2**63 - 1)
    if kind == "integer":
        return _whole(value, -(2**31), 2**31 - 1)
    if kind in {"double", "float"}:
        return _number(value)
    if kind == "boolean":
        return isinstance(value, bool)
    checks = {"ip": _address, "flattened": _flattened, "keyword": _keyword, "constant_keyword": _keyword}
    return checks.get(kind, lambda text: isinstance(text, str))(value)


def stray_fields(document: Json) -> list[str]:
    """What of a document fields.yaml does not allow, as `name: why`; and an index that its time does not fit."""
    index = INDEX.fullmatch(document["_index"])
    if index is None:
        return [f"_index: {document['_index']}"]
    known = fields_of(index[1])
    source = document["_source"]
    wrong = []
    if source["@timestamp"][:10].replace("-", ".") != index[2]:
        wrong.append(f"@timestamp: {source['@timestamp']} in {document['_index']}")
    for name, value in flat(source, known).items():
        if name not in known:
            wrong.append(f"{name}: not a field of {index[1]}")
        elif not fits(known[name], value):
            wrong.append(f"{name}: {str(value)[:80]!r} is no {known[name]}")
    return wrong
