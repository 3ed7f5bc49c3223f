"""Which column or key of a file holds what: named by options, else found by the usual names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.answers.reconcile.bill import Line, Tells, Tokens
from runner.answers.reconcile.values import LineError, count, money, when

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: What a line can say, and the names that columns for it usually have, in lower case.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "time": ("time", "timestamp", "date", "day", "starttime", "start_time", "created_at", "created", "usage_date"),
    "model": ("model", "model_name", "model_id", "model_version", "sku"),
    "id": ("request_id", "requestid", "id", "call_id", "response_id", "generation_id"),
    "calls": ("calls", "requests", "num_requests", "request_count", "api_requests", "num_model_requests"),
    "input": ("input_tokens", "prompt_tokens", "input", "tokens_in", "tokens_prompt"),
    "cached": ("cached_tokens", "cache_read_input_tokens", "cached_input_tokens", "input_cached_tokens"),
    "written": ("cache_creation_input_tokens", "cache_write_tokens"),
    "output": ("output_tokens", "completion_tokens", "output", "tokens_out", "tokens_completion"),
    "total": ("total_tokens", "tokens"),
    "cost": ("cost", "cost_usd", "amount", "amount_usd", "spend", "total_cost", "price", "usd"),
    "currency": ("currency", "amount_currency"),
}
_KINDS: Final = ("input", "cached", "written", "output", "total")


@dataclass(frozen=True)
class Layout:
    """The key of each value. A dot leads into an object."""

    keys: Mapping[str, str]
    #: cached tokens are counted beside `input`, not within it
    cached_apart: bool = False
    #: amounts are in cents
    cents: bool = False

    def line(self, values: Mapping[str, Any], number: int, zone: str) -> Line:
        """A line of the file. LineError when a value is wrong or the time is missing."""
        get = {name: _at(values, key) for name, key in self.keys.items()}
        if get.get("time") in (None, ""):
            raise LineError("it has no time")
        currency = get.get("currency")
        if currency not in (None, "") and str(currency).upper() != "USD":
            raise LineError(f"its currency is {currency}, and only USD can be compared")
        amount = money(get.get("cost"))
        tokens, tells = self._tokens(get)
        places = (amount[1] if amount else 0) + (2 if self.cents else 0)
        return Line(
            number,
            when(get["time"], zone),
            str(get.get("model") or "").strip(),
            str(get.get("id") or "").strip(),
            count(get.get("calls")),
            tokens,
            # 100 divides the atto-USD of any amount of at most 16 decimals.
            amount[0] // 100 if amount and self.cents else amount[0] if amount else None,
            places,
            tells,
        )

    def _tokens(self, get: Mapping[str, Any]) -> tuple[Tokens | None, Tells]:
        counts = {kind: count(get.get(kind)) for kind in _KINDS}
        if all(number is None for number in counts.values()):
            return None, Tells.OUTPUT
        if all(counts[kind] is None for kind in ("input", "cached", "written", "output")):
            return Tokens(plain=counts["total"] or 0), Tells(0)
        cached, written = counts["cached"] or 0, counts["written"] or 0
        plain = (counts["input"] or 0) - (0 if self.cached_apart else cached + written)
        if plain < 0:
            raise LineError("it has more cached tokens than input tokens")
        tells = Tells.OUTPUT
        for kind, flag in (("cached", Tells.CACHED), ("written", Tells.WRITTEN)):
            if counts[kind] is not None or self.cached_apart:
                tells |= flag
        return Tokens(plain, cached, written, counts["output"] or 0), tells


def detected(names: Collection[str], given: Mapping[str, str], where: str) -> Layout:
    """The layout of a file with these columns or keys; `given` wins. UserError without a time or a cost."""
    by_name = {name.strip().lower().replace(" ", "_"): name for name in names}
    keys = {}
    for value, usual in NAMES.items():
        found = next((by_name[name] for name in usual if name in by_name), None)
        if value in given:
            if given[value] and given[value] not in names and "." not in given[value]:
                hint = f"it has {', '.join(sorted(names))}"
                raise UserError(f"there is no column {given[value]!r} for {value}", where=where, hint=hint)
            found = given[value]
        if found:
            keys[value] = found
    if "time" not in keys or not {"cost", *_KINDS} & set(keys):
        missing = "time" if "time" not in keys else "cost"
        hint = f"say it with --column {missing}=NAME; it has {', '.join(sorted(names))}"
        raise UserError(f"no column for {missing} is known", where=where, hint=hint)
    return Layout(keys)


def _at(values: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - a value of JSON
    if key in values:
        return values[key]
    current: Any = values
    for part in key.split("."):
        current = current.get(part) if isinstance(current, dict) else None
    return current
