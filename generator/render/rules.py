"""Renders what the filter reads (rules.json and the names of the slots) and what the client reads (prices, errors)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from generator.card.rules import price_part, price_rules
from generator.registry.errors import error_rules
from generator.registry.slots import slots
from generator.registry.sources import source_rules
from generator.render.dump import json_text

if TYPE_CHECKING:
    from generator.card.model import Card
    from generator.render.registry import Registry

PATH: Final = "logstash/rules/rules.json"
SLOTS: Final = "logstash/ruby/holysheep/slots.json"
#: The default card of the client package.
CLIENT: Final = "client/holysheep/price/prices.json"
#: The error rules of the client package.
CLIENT_ERRORS: Final = "client/holysheep/errors/errors.json"


def files(card: Card, registry: Registry) -> dict[str, str]:  # noqa: ARG001 - every renderer has this signature
    """The rules, the names of the slots, which the filter reads once at its start, and the client's prices."""
    return {
        PATH: text(rules(card)),
        SLOTS: json_text({"slots": list(slots())}),
        CLIENT: text(dict(price_part(card))),
        CLIENT_ERRORS: text(client_errors()),
    }


def client_errors() -> dict[str, Any]:
    """The error rules of the client, and the suggestion for an error that fits no rule."""
    errors = error_rules()
    unknown = next(part["suggestion"] for part in errors["categories"] if part["name"] == "unknown_error")
    return {"rules": errors["rules"], "unknown": unknown}


def rules(card: Card) -> dict[str, Any]:
    """The part of the price card and the part of the sources. ValueError when both have the same key."""
    prices, sources = price_rules(card), source_rules()
    if common := prices.keys() & sources.keys():
        raise ValueError(f"both parts of the rules have {sorted(common)}")
    return {**prices, **sources}


def text(data: dict[str, Any]) -> str:
    """Rules as sorted JSON with one line for each key, model and source: a changed price is one changed line."""
    lines = [f"{json.dumps(key)}: {_value(data[key])}" for key in sorted(data)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _value(value: Any) -> str:  # noqa: ANN401 - JSON is of any shape
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n  " + ",\n  ".join(_line(item) for item in value) + "\n]"
    if isinstance(value, dict) and value and all(isinstance(item, (dict, list)) for item in value.values()):
        return "{\n  " + ",\n  ".join(f"{_line(key)}: {_line(value[key])}" for key in sorted(value)) + "\n}"
    return _line(value)


def _line(value: Any) -> str:  # noqa: ANN401 - JSON is of any shape
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
