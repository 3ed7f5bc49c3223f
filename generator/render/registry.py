"""The input of the renderers besides the price card: registry and templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator import registry
from generator.paths import ROOT
from generator.registry import fields as field_list
from generator.registry import roles as role_table

if TYPE_CHECKING:
    from pathlib import Path

    from generator.registry.fields import Fields
    from generator.registry.roles import Roles

FOLDER: Final = registry.FOLDER
TEMPLATES: Final = ROOT / "templates"


@dataclass(frozen=True)
class Registry:
    """The folder of the registry, the folder of the templates, the field list, and the roles."""

    folder: Path
    templates: Path
    fields: Fields
    roles: Roles


def load(folder: Path = FOLDER, templates: Path = TEMPLATES) -> Registry:
    """Read the registry. UserError names the line that is wrong."""
    return Registry(folder, templates, field_list.load(folder / "fields.yaml"), role_table.load(folder / "roles.yaml"))
