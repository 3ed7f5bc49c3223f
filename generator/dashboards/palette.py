"""Which value has which colour: families and meanings from colors.yaml, models, providers and classes from the card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field, StringConstraints

from generator.card.model import ImportedModel
from generator.dashboards import load
from generator.dashboards.colors import TONES
from generator.dashboards.parts import Part, Text

if TYPE_CHECKING:
    from pathlib import Path

    from generator.card.model import Card

Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Palette = dict[str, dict[str, str]]
#: How much white the second, third, … model of a family gets.
_LIGHTER: Final = (0.0, 0.35, 0.55, 0.7)


class Colors(Part):
    """generator/registry/colors.yaml."""

    families: dict[Text, Hex] = Field(default_factory=dict)
    fields: dict[Text, dict[Text, Hex]] = Field(default_factory=dict)


def build(card: Card, path: Path) -> Palette:
    """By field, the colour of each value that has one."""
    colors = load.validate(Colors, load.read(path))
    families = dict(colors.families)
    models: dict[str, str] = {}
    providers: dict[str, str] = {}
    numbers_by_family: dict[str, int] = {}
    for model in card.models:
        base = families.get(model.family, families.get("Other", TONES["neutral"]))
        providers.setdefault(model.provider, base)
        if isinstance(model, ImportedModel):
            continue
        number = numbers_by_family[model.family] = numbers_by_family.get(model.family, -1) + 1
        models[model.id] = _lighter(base, _LIGHTER[min(number, len(_LIGHTER) - 1)])
    for family in card.families:
        providers.setdefault(family.provider, families.get(family.family, TONES["neutral"]))
    return {
        **{field: dict(values) for field, values in colors.fields.items()},
        "holysheep.model.family": families,
        "holysheep.price.model": models,
        "gen_ai.provider.name": providers,
        "holysheep.latency.class": _classes([item.name for item in card.latency_classes]),
    }


def _classes(names: list[str]) -> dict[str, str]:
    """From the first, which is good, to the last, which is bad."""
    tones = ["good", *["neutral"] * max(len(names) - 3, 0), "warn", "bad"]
    return {name: TONES[tone] for name, tone in zip(names, tones[-len(names) :], strict=True)}


def _lighter(color: str, share: float) -> str:
    parts = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * share):02X}" for part in parts)
