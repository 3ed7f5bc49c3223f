"""The names of token counts in the providers' APIs, `usage.yaml`: paths of keys by slot, for every JSON source."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field

from generator import yamltext
from generator.errors import UserError
from generator.explain import near, together, validate
from generator.registry.slots import slots
from generator.strict import Strict

PATH: Final = Path(__file__).parent / "usage.yaml"


class Group(Strict):
    """Usage objects of one shape: where they stand in a line, and the slot of each key."""

    about: str
    #: Pages and sources that the keys were taken from.
    documented: tuple[str, ...] = Field(min_length=1)
    #: Where such objects stand; left out: the places of the whole file.
    objects: tuple[str, ...] = ()
    keys: dict[str, tuple[str, ...]]


class Unknown(Strict):
    """Regular expressions by which the filter tells that an unknown key may be a count of tokens."""

    like: str
    but_not: str
    within: str


class UsageNames(Strict):
    """The whole file."""

    objects: tuple[str, ...] = Field(min_length=1)
    groups: tuple[Group, ...]
    unknown: Unknown


@cache
def load() -> UsageNames:
    """The file. UserError names each wrong line."""
    return from_document(yamltext.read(PATH))


def from_document(document: yamltext.Document) -> UsageNames:
    """The names in a YAML document that is already read."""
    names = validate(UsageNames, document)
    known = list(slots())
    errors = [
        UserError(
            f"there is no slot {slot!r}",
            where=document.where(("groups", number, "keys", slot)),
            hint=near(slot, known),
        )
        for number, group in enumerate(names.groups)
        for slot in group.keys
        if slot not in known
    ]
    if errors:
        raise together(errors)
    return names


def paths(names: UsageNames | None = None, places: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Each slot with the paths that fill it, the preferred first, such as `usage.prompt_tokens`.

    places: where a source has usage objects, instead of the file's. Of the groups with places of their own, those count
    that name the place.
    """
    paths_by_slot: dict[str, list[str]] = {}
    names = names or load()
    for group in names.groups:
        asked = tuple(place for place in places if place in group.objects or not group.objects)
        for place in asked if places else group.objects or names.objects:
            for slot, keys in group.keys.items():
                paths_by_slot.setdefault(slot, []).extend(f"{place}.{key}" if place else key for key in keys)
    return {slot: tuple(dict.fromkeys(slot_paths)) for slot, slot_paths in paths_by_slot.items()}
