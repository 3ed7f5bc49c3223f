"""What of a call is billed by which meter of FOCUS: quantities, and nano-USD that add up to the call's cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKENS: Final = "Tokens"
REQUESTS: Final = "Requests"
#: What is billed by the piece, as `holysheep.usage.units` names it → meter, unit.
_UNITS: Final = {
    "images": ("Images", "Images"),
    "audio_seconds": ("Audio Seconds", "Seconds"),
    "video_seconds": ("Video Seconds", "Seconds"),
    "characters": ("Characters", "Characters"),
    "pages": ("Pages", "Pages"),
    "search_units": ("Search Units", "Units"),
}
#: Meter → its unit, in the order of the rows.
METERS: Final = {
    "Input Tokens": TOKENS,
    "Cached Input Tokens": TOKENS,
    "Cache Write Tokens": TOKENS,
    "Output Tokens": TOKENS,
    "Total Tokens": TOKENS,
    **dict(_UNITS.values()),
    "Tool Calls": REQUESTS,
    "Request Fee": REQUESTS,
    "Minimum Charge": REQUESTS,
}
#: Billed by the request: the quantity is the number of calls that it was charged for.
_BY_REQUEST: Final = {
    "Tool Calls": "holysheep.cost.tools",
    "Request Fee": "holysheep.cost.fee",
    "Minimum Charge": "holysheep.cost.minimum",
}
UNIT_FIELDS: Final = {f"holysheep.usage.units.{name}": meter for name, (meter, _) in _UNITS.items()}
COST_FIELDS: Final = (
    "holysheep.cost.output",
    "holysheep.cost.reasoning",
    "holysheep.cost.cached_input",
    "holysheep.cost.cache_write",
    "holysheep.cost.units",
    *_BY_REQUEST.values(),
)
_NANO: Final = 1e9
Quantity = int | Decimal


def meters(document: Mapping[str, Any]) -> dict[str, tuple[Quantity, int]]:
    """A call's meters with quantity and nano-USD, which add up to its cost; those that it does not use are left out."""
    get = document.get
    read = get("gen_ai.usage.cache_read.input_tokens", 0)
    written = get("gen_ai.usage.cache_creation.input_tokens", 0)
    input_ = get("gen_ai.usage.input_tokens", 0) - read - written
    output = get("gen_ai.usage.output_tokens", 0)
    quantities: dict[str, Quantity] = {
        "Input Tokens": input_,
        "Cached Input Tokens": read,
        "Cache Write Tokens": written,
        "Output Tokens": output,
        **{meter: 1 for meter, field in _BY_REQUEST.items() if get(field)},
    }
    costs = {
        "Cached Input Tokens": _nano(get("holysheep.cost.cached_input")),
        "Cache Write Tokens": _nano(get("holysheep.cost.cache_write")),
        "Output Tokens": _nano(get("holysheep.cost.output")) + _nano(get("holysheep.cost.reasoning")),
        **{meter: _nano(get(field)) for meter, field in _BY_REQUEST.items()},
    }
    _by_the_piece(document, quantities, costs)
    if not input_ + read + written + output:
        quantities["Total Tokens"] = get("holysheep.usage.total_tokens", 0)
    _spread(quantities, costs, get("holysheep.cost.total_nano", 0))
    return {name: (quantities[name], costs.get(name, 0)) for name in METERS if quantities.get(name)}


def _by_the_piece(document: Mapping[str, Any], quantities: dict[str, Quantity], costs: dict[str, int]) -> None:
    """Images, seconds and the like. A document has one cost for all of them, which the first bears."""
    if not (nano := _nano(document.get("holysheep.cost.units"))):
        return
    used = {meter: Decimal(document[field]) for field, meter in UNIT_FIELDS.items() if field in document}
    bearer = next((meter for meter, quantity in used.items() if quantity), "Request Fee")
    # A minimum of pieces may be billed where the log says 0 of them.
    quantities |= used
    quantities[bearer] = quantities.get(bearer) or 1
    costs[bearer] = costs.get(bearer, 0) + nano


def _spread(quantities: dict[str, Quantity], costs: dict[str, int], total: int) -> None:
    """Give what the parts leave of the total to the input, or to the total of tokens where no more is known."""
    left = total - sum(costs.values())
    main = "Total Tokens" if quantities.get("Total Tokens") else "Input Tokens"
    if quantities.get(main) and left >= 0:
        costs[main] = left
        return
    # Parts are rounded one by one: some nano-USD more or less than the whole, which the largest part bears.
    used = [name for name in METERS if quantities.get(name)]
    if used:
        largest = max(used, key=lambda name: costs.get(name, 0))
        costs[largest] = costs.get(largest, 0) + left


def _nano(usd_: float | None) -> int:
    """The integer that was divided by 10⁹ to make a part of the cost."""
    return round((usd_ or 0) * _NANO)
