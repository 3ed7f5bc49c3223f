"""`price`: which entry of the price card a model name gets, and what a call would cost."""

from __future__ import annotations

import argparse
import difflib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import PydanticCustomError

from generator.card.rules import iso, milliseconds, price_part
from generator.card.scalars import instant
from generator.card.tables import name_table
from generator.commands.pricing import load_card
from generator.commands.table import table
from generator.errors import UserError
from generator.explain import show
from holysheep.price import MAX_TOKENS, Call, Outcome, Pricer, forms, usd

if TYPE_CHECKING:
    from generator.card import Card

COUNTS: Final = ("input", "output", "cached", "cache_write", "reasoning")
RATES: Final = ("input", "output", "cached_input", "cache_write", "reasoning")
PARTS: Final = ("input", "output", "cached_input", "cache_write", "fee", "total")
WHY: Final = {
    "unknown_model": "no id, alias or pattern of the card matches this name",
    "before_first_price": "the first price of this model is of a later date",
    "unknown_service_tier": "the card has no factor for this service tier",
    "no_usage": "there are no tokens and there is no fee",
    "cached_exceeds_input": "cached and cache-write tokens are part of --input, and are more than it",
}


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`price MODEL` and its options."""
    parser = sub.add_parser("price", help="show which price a model name gets, and what a call costs")
    parser.add_argument("model", metavar="MODEL", help="the name as a log has it, such as openai/gpt-4.1-2025-04-14")
    parser.add_argument("--at", metavar="TIME", help="when the call was: 2025-05-14, 2025-05-14T09:00:00Z; default now")
    parser.add_argument("--input", type=_count, metavar="N", help="prompt tokens, cached ones included")
    parser.add_argument("--output", type=_count, metavar="N", help="output tokens, reasoning included")
    parser.add_argument("--cached", type=_count, metavar="N", help="of the prompt tokens: read from a cache")
    parser.add_argument("--cache-write", type=_count, metavar="N", help="of the prompt tokens: written to a cache")
    parser.add_argument("--reasoning", type=_count, metavar="N", help="of the output tokens: reasoning")
    parser.add_argument("--tier", metavar="NAME", help="service tier, such as batch")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0 when there is a price, 1 when there is none."""
    card = load_card()
    at = moment(args.at, "--at") if args.at else datetime.now(UTC)
    counts = {name: getattr(args, name) for name in COUNTS}
    tokens_given = any(count is not None for count in counts.values())
    call = Call(
        args.model,
        milliseconds(at),
        input=counts["input"],
        output=counts["output"],
        cache_read=counts["cached"],
        cache_write=counts["cache_write"],
        reasoning=counts["reasoning"],
        service_tier=args.tier,
    )
    outcome = Pricer(price_part(card)).price(call)
    if outcome.reason == "no_usage" and not tokens_given:
        # Only the rates were asked for.
        outcome = Outcome("priced", match=outcome.match, rule=outcome.rule)
    report = _report(args.model, at, outcome, card)
    if args.json:
        print(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _print(report)
    return 0 if outcome.status == "priced" else 1


def moment(text: str, option: str) -> datetime:
    """The time in an option's value."""
    try:
        return instant(text)
    except PydanticCustomError as error:
        context: dict[str, Any] = error.context or {}
        raise UserError(f"{option}: {context['what']}", hint=context["hint"]) from None


def near_names(name: str, card: Card) -> list[str]:
    """Ids and aliases of the card that look like a name."""
    names = list(name_table(card))
    candidates = [near for form in forms(name) for near in difflib.get_close_matches(form, names, 3)]
    return list(dict.fromkeys(candidates))[:3]


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:12]) > MAX_TOKENS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {MAX_TOKENS:,}")
    return int(text)


def _report(name: str, at: datetime, outcome: Outcome, card: Card) -> dict[str, Any]:
    report: dict[str, Any] = {"name": name, "at": iso(at), "status": outcome.status}
    if outcome.reason:
        report |= {"unpriced_reason": outcome.reason, "meaning": WHY.get(outcome.reason, outcome.reason)}
    if outcome.match is None:
        return report | {"near": near_names(name, card)}
    match, rule = outcome.match, outcome.rule
    report |= {"model": match.model["id"], "rule": match.rule, "matched": match.normalised}
    report |= {"provider": match.model["provider"], "family": match.model["family"]}
    starts = [price["from"] for price in match.model["prices"]]
    if rule is None:
        return report | {"first_price": starts[0]}
    later = [start for start in starts if start > rule["from"]]
    report |= {"from": rule["from"], "until": later[0] if later else None, "factor": rule["factor"]}
    report["usd_per_million_tokens"] = {kind: rule[kind] / 1e6 for kind in RATES}
    report["tiers"] = [{"above": tier["above"], **{kind: tier[kind] / 1e6 for kind in RATES}} for tier in rule["tiers"]]
    report["service_tiers"] = rule["service_tiers"]
    if cost := outcome.cost:
        report["cost_usd"] = {part: usd(getattr(cost, part)) for part in PARTS}
        report["total_nano"] = cost.total
        report["per_1k_tokens_usd"] = None if cost.per_1k_tokens is None else usd(cost.per_1k_tokens)
    return report


def _print(report: dict[str, Any]) -> None:
    name = show(report["name"])
    if facts := _facts(report):
        print(table(facts))
    if "from" in report:
        print(_rates(report))
    if "cost_usd" in report:
        print(_costs(report))
    if report["status"] == "unpriced":
        near = ", ".join(report.get("near", ())) or "none"
        hint = f"near names: {near}" if "near" in report else f"asked for {report['at']}"
        hint += f", first price {report['first_price']}" if "first_price" in report else ""
        print(f"{name} is unpriced ({report['unpriced_reason']}): {report['meaning']}; {hint}")


def _facts(report: dict[str, Any]) -> list[tuple[str, str]]:
    facts = []
    if "model" in report:
        facts.append(("model", f"{report['model']} ({report['rule']} match of {report['matched']})"))
        facts.append(("provider", f"{report['provider']}, {report['family']}"))
    if "from" in report:
        facts.append(("valid", f"from {report['from']}" + (f" until {report['until']}" if report["until"] else "")))
        numerator, denominator = report["factor"]
        if numerator != denominator:
            facts.append(("discount and margin", f"x {numerator}/{denominator}"))
        for tier, (numerator, denominator) in sorted(report["service_tiers"].items()):
            facts.append(("service tier", f"{tier} x {numerator}/{denominator} (discount and margin included)"))
    return facts


def _rates(report: dict[str, Any]) -> str:
    rows: list[tuple[str, ...]] = [("prompt tokens", *RATES)]
    rates = [{"above": 0, **report["usd_per_million_tokens"]}, *report["tiers"]]
    for rate in rates:
        above = f"above {rate['above']:,}" if rate["above"] else "any" if len(rates) == 1 else "up to the next"
        rows.append((above, *(f"{rate[kind]:.6f}".rstrip("0").rstrip(".") for kind in RATES)))
    return table(rows, title="\nUSD per million tokens")


def _costs(report: dict[str, Any]) -> str:
    rows = [("part", "USD"), *((part, f"{report['cost_usd'][part]:.9f}") for part in PARTS)]
    if report["per_1k_tokens_usd"] is not None:
        rows.append(("per 1k tokens", f"{report['per_1k_tokens_usd']:.9f}"))
    return table(rows, title="\nCost of the call")
