"""Merged models as the text of pricing.imported.yaml, and what a new text changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runner.prices.bulk.sellers import family, provider_name
from runner.prices.compare import plain
from runner.prices.entry import scalar
from runner.prices.genai import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from runner.prices.bulk.catalogue import Catalogue
    from runner.prices.bulk.merge import Merged
    from runner.prices.bulk.offers import Entry

_HEAD: Final = """\
# Prices of {source}, written by `holysheep-elk prices import --all --write`. Do not edit: the next import replaces this
# file. Your own models and prices belong in pricing.yaml, and win over these by name. `from: 2020-01-01` stands where
# the source knows no first day of a price.
models:
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of models that are new, gone or different, compared with the file that is there."""

    added: list[str]
    removed: list[str]
    changed: list[str]


def text(catalogue: Catalogue) -> str:
    """The whole file. The same prices give the same bytes."""
    return _HEAD.format(source=catalogue.source) + "".join(_model(model) for model in catalogue.models)


def changes(before: str, after: str) -> Changes:
    """What differs between two such files, by model; the order of the new file."""
    old, new = _blocks(before), _blocks(after)
    return Changes(
        [name for name in new if name not in old],
        [name for name in old if name not in new],
        [name for name in new if name in old and new[name] != old[name]],
    )


def _blocks(text: str) -> dict[str, str]:
    """Model id to its lines, of a file of ours; another file has none."""
    parts = text.split("\n  - id: ")[1:]
    return {part.partition("\n")[0]: part.strip() for part in parts}


def _model(model: Merged) -> str:
    """One model. Sold by several for the same price, it is of the first."""
    seller = model.offers[0].seller
    lines = [
        f"  - id: {scalar(model.id)}",
        f"    provider: {scalar(provider_name(seller))}",
        f"    family: {scalar(family(seller, model.id))}",
    ]
    for key, values in (("aliases", model.names[1:]), ("patterns", list(model.patterns))):
        if values:
            lines.append(f"    {key}: [{', '.join(scalar(value) for value in values)}]")
    if model.window:
        lines.append(f"    context_window: {model.window}")
    lines.append("    prices:")
    lines += [f"      - {{{', '.join(_entry(entry))}}}" for entry in model.offers[0].entries]
    return "\n".join(lines) + "\n"


def _entry(entry: Entry) -> list[str]:
    fields = [f"from: {entry.start.isoformat()}", *_rates(entry.rates)]
    if entry.fee:
        fields.append(f"fee: {plain(entry.fee)}")
    if entry.tiers:
        steps = [f"{{above: {above}, {', '.join(_rates(rates))}}}" for above, rates in entry.tiers]
        fields.append(f"tiers: [{', '.join(steps)}]")
    if entry.service_tiers:
        tiers = [f"{scalar(name)}: {plain(factor)}" for name, factor in sorted(entry.service_tiers.items())]
        fields.append(f"service_tiers: {{{', '.join(tiers)}}}")
    if entry.tools:
        fields.append(f"tools: {{{', '.join(f'{name}: {plain(usd)}' for name, usd in entry.tools.items())}}}")
    if entry.hours:
        windows = [f'{{utc: "{window}", {", ".join(_rates(rates))}}}' for window, rates in entry.hours]
        fields.append(f"hours: [{', '.join(windows)}]")
    return fields


def _rates(rates: Mapping[str, Decimal]) -> list[str]:
    return [f"{kind}: {plain(rates[kind])}" for kind in FIELDS if kind in rates]
