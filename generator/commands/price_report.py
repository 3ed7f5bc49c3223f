"""What `price` says of a model and a call: as data for `--json`, and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.card.week import DAY, DAYS, WEEK
from generator.commands.table import table
from generator.errors import show
from holysheep.price import Call, Outcome, usd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from holysheep.price.rules import PriceRule, UnitRule

RATES: Final = ("input", "output", "cached_input", "cache_write", "cache_write_1h", "reasoning")
#: Rates that are shown where the card has them.
MODALITIES: Final = ("input_audio", "input_image", "cached_audio", "cached_image", "output_audio", "output_image")
PARTS: Final = ("input", "output", "reasoning", "cached_input", "cache_write", "fee")
#: Parts that are shown where the call has them.
CHARGES: Final = ("units", "tools", "minimum")
WHY: Final = {
    "unknown_model": "no id, alias or pattern of the card matches this name",
    "before_first_price": "the first price of this model is of a later date",
    "unknown_service_tier": "the card has no factor for this service tier",
    "no_usage": "there are no tokens and there is no fee",
    "cached_exceeds_input": "cached and cache-write tokens are part of --input, and are more than it",
}


def of(outcome: Outcome) -> dict[str, Any]:
    """The outcome, the price entry in USD, and the cost by part."""
    report: dict[str, Any] = {"status": outcome.status}
    if outcome.reason:
        report |= {"unpriced_reason": outcome.reason, "meaning": WHY.get(outcome.reason, outcome.reason)}
    if outcome.match is None:
        return report
    match, rule = outcome.match, outcome.rule
    report |= {"model": match.model["id"], "rule": match.rule, "matched": match.normalised}
    report |= {"provider": match.model["provider"], "family": match.model["family"]}
    starts = [price["from"] for price in match.model["prices"]]
    if rule is None:
        return report | {"first_price": starts[0]}
    later = [start for start in starts if start > rule["from"]]
    report |= {"from": rule["from"], "until": later[0] if later else None, **_entry(rule)}
    if cost := outcome.cost:
        parts = [*PARTS, *(part for part in CHARGES if getattr(cost, part)), "total"]
        report["cost_usd"] = {part: usd(getattr(cost, part)) for part in parts}
        report["total_nano"] = cost.total
        report["per_1k_tokens_usd"] = None if cost.per_1k_tokens is None else usd(cost.per_1k_tokens)
    return report


def limits(known: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """The model's context window, how much of it the call fills in whole percent as documents have it, and rate limits:
    what the card has of them.
    """
    found: dict[str, Any] = {}
    if window := known.get("context_window"):
        found["context_window"] = window
        if call.input is not None or call.output is not None:
            found["context_percent"] = ((call.input or 0) + (call.output or 0)) * 100 // window
    if rates := known.get("rate_limits"):
        found["rate_limits"] = rates
    return found


def text(report: Mapping[str, Any]) -> str:
    """The same as tables, and a sentence for what has no price."""
    parts = []
    if facts := _facts(report):
        parts.append(table(facts))
    if "from" in report:
        parts.append(_rates_table(report))
    if "cost_usd" in report:
        parts.append(_costs(report))
    if report["status"] == "unpriced":
        near = ", ".join(report.get("near", ())) or "none"
        hint = f"near names: {near}" if "near" in report else f"asked for {report['at']}"
        hint += f", first price {report['first_price']}" if "first_price" in report else ""
        name = show(report["name"])
        parts.append(f"{name} is unpriced ({report['unpriced_reason']}): {report['meaning']}; {hint}")
    return "\n".join(parts)


def _entry(rule: PriceRule) -> dict[str, Any]:
    """The entry; of what few cards have, only what this one has."""
    entry: dict[str, Any] = {
        "factor": rule["factor"],
        "usd_per_million_tokens": _usd(rule),
        "tiers": [{"above": tier["above"], **_usd(tier)} for tier in rule["tiers"]],
        "service_tiers": rule["service_tiers"],
    }
    if "hours" in rule:
        entry["hours"] = [
            {
                "open": [_span(first, end) for first, end in _joined(hour["weeks"])],
                **_usd(hour),
                "tiers": [{"above": tier["above"], **_usd(tier)} for tier in hour["tiers"]],
            }
            for hour in rule["hours"]
        ]
    if "regions" in rule:
        entry["regions"] = rule["regions"]
    if "tools" in rule:
        entry["usd_per_tool_call"] = {name: fee / 1e12 for name, fee in rule["tools"].items()}
    if "units" in rule:
        entry["units"] = {name: _unit(unit) for name, unit in rule["units"].items()}
    if "minimum" in rule:
        entry["minimum_usd"] = rule["minimum"] / 1e12
    return entry


def _usd(rates: Mapping[str, Any]) -> dict[str, float]:
    return {kind: rates[kind] / 1e6 for kind in (*RATES, *MODALITIES) if kind in rates}


def _unit(unit: UnitRule) -> dict[str, Any]:
    return {"usd": unit["price"] / 1e12, "per": unit["per"], "minimum": unit["minimum"] / 1000}


def _joined(weeks: list[list[int]]) -> list[list[int]]:
    """The window that the end of the week cuts in two as one, at its start."""
    if len(weeks) > 1 and weeks[0][0] == 0 and weeks[-1][1] == WEEK:
        return [*weeks[1:-1], [weeks[-1][0], WEEK + weeks[0][1]]]
    return weeks


def _span(first: int, end: int) -> str:
    """Minutes of a week as `mon 16:30-24:00 UTC`."""
    day, start = divmod(first, DAY)
    last, stop = divmod(end - day * DAY, DAY)
    until = "24:00" if (last, stop) == (1, 0) else f"{stop // 60:02}:{stop % 60:02}"
    return f"{DAYS[day]} {start // 60:02}:{start % 60:02}-{until} UTC"


def _facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = []
    if "model" in report:
        facts.append(("model", f"{report['model']} ({report['rule']} match of {report['matched']})"))
        facts.append(("provider", f"{report['provider']}, {report['family']}"))
        facts += _limits(report)
    if "from" in report:
        facts.append(("valid", f"from {report['from']}" + (f" until {report['until']}" if report["until"] else "")))
        numerator, denominator = report["factor"]
        if numerator != denominator:
            facts.append(("discount and margin", f"x {numerator}/{denominator}"))
        for tier, (numerator, denominator) in sorted(report["service_tiers"].items()):
            facts.append(("service tier", f"{tier} x {numerator}/{denominator} (discount and margin included)"))
        facts += _charges(report)
    return facts


def _limits(report: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if window := report.get("context_window"):
        percent = report.get("context_percent")
        yield "context", f"{window:,} tokens" + ("" if percent is None else f", of which the call fills {percent} %")
    if rates := report.get("rate_limits"):
        words = {"requests_per_minute": "requests", "tokens_per_minute": "tokens"}
        limited = (f"{rates[key]:,} {word}" for key, word in words.items() if key in rates)
        yield "rate limits", f"{', '.join(limited)} a minute"


def _charges(report: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for region, (numerator, denominator) in sorted(report.get("regions", {}).items()):
        yield "region", f"{region} x {numerator}/{denominator}"
    for tool, fee in sorted(report.get("usd_per_tool_call", {}).items()):
        yield "tool", f"{tool} {_plain(fee)} USD a call"
    for name, unit in sorted(report.get("units", {}).items()):
        least = f", at least {unit['minimum']:g}" if unit["minimum"] else ""
        yield "unit", f"{name} {_plain(unit['usd'])} USD for {unit['per']:,}{least}"
    if "minimum_usd" in report:
        yield "minimum", f"{_plain(report['minimum_usd'])} USD a request"


def _rates_table(report: Mapping[str, Any]) -> str:
    groups = [("", report["usd_per_million_tokens"], report["tiers"])]
    groups += [(_when(hour["open"]), hour, hour["tiers"]) for hour in report.get("hours", ())]
    rates = [(when, {"above": 0, **own}) for when, own, _ in groups]
    rates += [(when, tier) for when, _, tiers in groups for tier in tiers]
    kinds = [kind for kind in (*RATES, *MODALITIES) if any(kind in rate for _, rate in rates)]
    rows: list[tuple[str, ...]] = [("prompt tokens", *kinds)]
    tiered = len(rates) > len(groups)
    for when, rate in rates:
        size = f"above {rate['above']:,}" if rate["above"] else "up to the next" if tiered else "any"
        rows.append((f"{when}{size}", *(_plain(rate[kind]) if kind in rate else "" for kind in kinds)))
    return table(rows, title="\nUSD per million tokens")


def _when(spans: list[str]) -> str:
    """Days with the same hours are said together, hours of every day without days."""
    times: dict[str, list[str]] = {}
    for span in spans:
        day, _, time = span.partition(" ")
        times.setdefault(day, []).append(time.removesuffix(" UTC"))
    days: dict[str, list[str]] = {}
    for day, each in times.items():
        days.setdefault(", ".join(each), []).append(day)
    parts = [hours if len(named) == len(DAYS) else f"{'/'.join(named)} {hours}" for hours, named in days.items()]
    return f"{'; '.join(parts)} UTC: "


def _plain(number: float) -> str:
    return f"{number:.12f}".rstrip("0").rstrip(".")


def _costs(report: Mapping[str, Any]) -> str:
    rows = [("part", "USD"), *((part, f"{amount:.9f}") for part, amount in report["cost_usd"].items())]
    if report["per_1k_tokens_usd"] is not None:
        rows.append(("per 1k tokens", f"{report['per_1k_tokens_usd']:.9f}"))
    return table(rows, title="\nCost of the call")
