"""The input of the renderers besides the price card: registry and templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator import registry
from generator.paths import ROOT
from generator.registry import fields as field_list

if TYPE_CHECKING:
    from pathlib import Path

    from generator.registry.fields import Fields

FOLDER: Final = registry.FOLDER
TEMPLATES: Final = ROOT / "templates"


@dataclass(frozen=True)
class Registry:
    """The folder of the registry, the folder of the templates, and the field list."""

    folder: Path
    templates: Path
    fields: Fields


def load(folder: Path = FOLDER, templates: Path = TEMPLATES) -> Registry:
    """Read the registry. UserError names the line that is wrong."""
    return Registry(folder, templates, field_list.load(folder / "fields.yaml"))
