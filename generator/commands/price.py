"""`price`: which entry of the price card a model name gets, and what a call would cost."""

from __future__ import annotations

import argparse
import difflib
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from generator.card import moments
from generator.card.moments import iso, milliseconds
from generator.commands import price_report, price_rules
from generator.errors import UserError
from holysheep.price import MAX_TOKENS, Call, Outcome, Pricer, forms

if TYPE_CHECKING:
    from holysheep.price import PriceRules

#: Options that are counts, with the field of `Call` that each fills.
COUNTS: Final = {
    "input": ("input", "prompt tokens, cached ones included"),
    "output": ("output", "output tokens, reasoning included"),
    "cached": ("cache_read", "of the prompt tokens: read from a cache"),
    "cache-write": ("cache_write", "of the prompt tokens: written to a cache"),
    "cache-write-1h": ("cache_write_1h", "of those written to a cache: for one hour"),
    "reasoning": ("reasoning", "of the output tokens: reasoning"),
    "input-audio": ("input_audio", "of the prompt tokens: audio"),
    "input-image": ("input_image", "of the prompt tokens: images"),
    "cached-audio": ("cached_audio", "of the audio tokens of the prompt: read from a cache"),
    "cached-image": ("cached_image", "of the image tokens of the prompt: read from a cache"),
    "output-audio": ("output_audio", "of the output tokens: audio"),
    "output-image": ("output_image", "of the output tokens: images"),
}


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`price MODEL` and its options."""
    parser = sub.add_parser("price", help="show which price a model name gets, and what a call costs")
    parser.add_argument(
        "model", type=_name, metavar="MODEL", help="the name as a log has it, such as openai/gpt-4.1-2025-04-14"
    )
    parser.add_argument("--at", metavar="TIME", help="when the call was: 2025-05-14, 2025-05-14T09:00:00Z; default now")
    for option, (_, meaning) in COUNTS.items():
        parser.add_argument(f"--{option}", type=_count, metavar="N", help=meaning)
    parser.add_argument(
        "--tool", type=_named_count, action="append", metavar="NAME=N", help="calls of a tool, such as web_search=2"
    )
    parser.add_argument(
        "--unit", type=_named_amount, action="append", metavar="NAME=N", help="what is billed by the piece: images=1"
    )
    parser.add_argument("--region", metavar="NAME", help="where the call was served, such as us")
    parser.add_argument(
        "--response-model", type=_name, metavar="MODEL", help="the model that answered, if it is another one"
    )
    parser.add_argument("--tier", metavar="NAME", help="service tier, such as batch")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """0 when there is a price, 1 when there is none."""
    rules, limits = price_rules.load()
    at = moment(args.at, "--at") if args.at else datetime.now(UTC)
    counts = {field: getattr(args, option.replace("-", "_")) for option, (field, _) in COUNTS.items()}
    tools, units = dict(args.tool or ()), dict(args.unit or ())
    usage_given = bool(tools or units) or any(count is not None for count in counts.values())
    call = Call(
        args.model,
        milliseconds(at),
        service_tier=args.tier,
        region=args.region,
        response_model=args.response_model,
        tools=tools or None,
        units=units or None,
        **counts,
    )
    pricer = Pricer(rules)
    outcome = pricer.price(call)
    if outcome.reason == "no_usage" and not usage_given:
        # Only the rates were asked for.
        outcome = Outcome("priced", match=outcome.match, rule=outcome.rule)
    report = {"name": pricer.priced_name(call), "at": iso(at), **price_report.of(outcome)}
    report |= price_report.limits(limits.get(report.get("model", ""), {}), call)
    if outcome.match is None:
        report["near"] = near_names(report["name"], rules)
    if args.json:
        print(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        print(price_report.text(report))
    return 0 if outcome.status == "priced" else 1


def moment(text: str, option: str) -> datetime:
    """The time in an option's value."""
    try:
        return moments.read(text)
    except ValueError as error:
        raise UserError(f"{option}: {error}", hint=moments.HINT) from None


def near_names(name: str, rules: PriceRules) -> list[str]:
    """Ids and aliases of the card that look like a name."""
    names = list(rules["names"])
    candidates = [near for form in forms(name) for near in difflib.get_close_matches(form, names, 3)]
    return list(dict.fromkeys(candidates))[:3]


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of a model is empty")
    return text


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:12]) > MAX_TOKENS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {MAX_TOKENS:,}")
    return int(text)


def _named_count(text: str) -> tuple[str, int]:
    name, _, count = text.partition("=")
    if not name or not count:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=N, such as web_search=2")
    return name, _count(count)


def _named_amount(text: str) -> tuple[str, Decimal]:
    from generator.card.price import Units  # noqa: PLC0415  # it loads pydantic, which only this option needs

    name, _, amount = text.partition("=")
    if name not in Units.model_fields or not re.fullmatch(r"\d{1,10}(\.\d{1,3})?", amount):
        known = ", ".join(Units.model_fields)
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=N, such as images=1; names are {known}")
    return name, Decimal(amount)
