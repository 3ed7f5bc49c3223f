"""What the renderers are given beside the price card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.paths import ROOT
from generator.registry import fields as field_list

if TYPE_CHECKING:
    from generator.registry.fields import Fields

FOLDER: Final = Path(field_list.__file__).parent
TEMPLATES: Final = ROOT / "templates"


@dataclass(frozen=True)
class Registry:
    """What the bundle knows, as data, and where its texts lie."""

    folder: Path
    templates: Path
    fields: Fields


def load(folder: Path = FOLDER, templates: Path = TEMPLATES) -> Registry:
    """Read the registry. UserError names the line that is wrong."""
    return Registry(folder, templates, field_list.load(folder / "fields.yaml"))
