"""`prices import --all`: the prices of every model that genai-prices has, beside the hand-kept card."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape

from generator import paths, yamltext
from generator.card import loader
from generator.card.imported import beside
from generator.errors import UserError
from runner.commands import tables
from runner.host.files import write_whole
from runner.prices.bulk.catalogue import Catalogue, catalogue, reasons
from runner.prices.bulk.text import Changes, changes, text

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Result:
    """What was read, what of it is in the card, and what the file becomes."""

    catalogue: Catalogue
    text: str
    changes: Changes
    hand_kept: list[str]  #: imported models that give way to hand-kept ones
    models: int  #: imported models that the card has
    target: Path


def run(args: argparse.Namespace) -> int:
    """0, also when nothing changes. UserError when the card does not accept the prices: nothing is written then."""
    _check(args)
    result = collect(args.provider)
    if args.write and (result.changes.added or result.changes.removed or result.changes.changed):
        try:
            write_whole(result.target, result.text)
        except OSError as error:
            raise UserError(f"can't be written: {error.strerror}", where=str(result.target)) from None
    if args.json:
        print(json.dumps(_as_json(result, written=args.write), indent=2, ensure_ascii=False))
    else:
        _print(result, written=args.write)
    return 0


def collect(providers: list[str]) -> Result:
    """The prices of these providers (none: of all) with pricing.yaml, checked as a card. UserError for a mistake."""
    prices = catalogue(providers)
    target = beside(paths.PRICING)
    new = text(prices)
    old = yamltext.read(target).text if target.is_file() else ""
    own = yamltext.read(paths.PRICING)
    loaded = loader.together_with(own, yamltext.parse(new, target.name))
    kept = {model.id for model in loaded.card.models[loaded.hand_kept :]}
    gone = [model.id for model in prices.models if model.id not in kept]
    return Result(prices, new, changes(old, new), gone, len(kept), target)


def _check(args: argparse.Namespace) -> None:
    if args.source not in {None, "genai-prices"}:
        raise UserError(f"--all is not for {args.source}", hint="leave the source out: genai-prices has them all")
    for option, given in (("--model", args.model), ("--from", args.start), ("a file", args.file)):
        if given:
            raise UserError(f"--all takes no {option}", hint="leave it out, or leave out --all")


def _counts(result: Result) -> dict[str, int]:
    models = result.catalogue.models
    entries = [entry for model in models for entry in model.offers[0].entries]
    return {
        "read": result.catalogue.read,
        "providers": result.catalogue.providers,
        "models": result.models,
        "merged": sum(len(model.offers) - 1 for model in models),
        "aliases": sum(len(model.names) - 1 for model in models),
        "patterns": sum(len(model.patterns) for model in models),
        "context_windows": sum(model.window is not None for model in models),
        "prices": len(entries),
        "with_service_tiers": sum(bool(entry.service_tiers) for entry in entries),
    }


def _as_json(result: Result, *, written: bool) -> dict[str, Any]:
    left_out = [asdict(item) for item in result.catalogue.left_out]
    return {
        "source": result.catalogue.source,
        "file": str(result.target),
        "written": written,
        **_counts(result),
        "changes": asdict(result.changes),
        "hand_kept": result.hand_kept,
        "left_out": left_out,
    }


def _print(result: Result, *, written: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    counts = _counts(result)
    rows = reasons(result.catalogue.left_out)
    if result.hand_kept:
        rows.insert(0, ("model", "pricing.yaml has it: yours wins", len(result.hand_kept), result.hand_kept[:3]))
    tables.put(
        ("left out", "why", "such as", "number"),
        [(what, why, ", ".join(some), f"{number:,}") for what, why, number, some in rows],
        names=3,
        title=f"{result.catalogue.source}: what is not in the card",
    )
    console.print(
        f"{counts['models']:,} models of {counts['read']:,} by {counts['providers']} providers: {counts['merged']:,} "
        f"are another provider's at the same price; {counts['aliases']:,} aliases, {counts['patterns']:,} patterns, "
        f"{counts['prices']:,} prices, {counts['with_service_tiers']:,} of them with service tiers; "
        f"{counts['context_windows']:,} models with a context window. --json lists all."
    )
    _print_changes(console, result.changes)
    done = any((result.changes.added, result.changes.removed, result.changes.changed))
    if written and done:
        console.print(f"written to {escape(str(result.target))}; pricing.yaml is as it was. Next: make render")
    elif done:
        console.print(f"nothing is written; --write writes {escape(str(result.target))}")
    else:
        console.print(f"{escape(str(result.target))} has these prices already")


def _print_changes(console: Console, changes: Changes) -> None:
    for what, names in (("new", changes.added), ("gone", changes.removed), ("different", changes.changed)):
        if names:
            more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
            console.print(f"{len(names):,} {what}: {escape(', '.join(names[:_SHOWN]))}{more}")
