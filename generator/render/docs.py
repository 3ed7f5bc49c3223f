"""docs/fields.md and docs/slots.md: the field list and the list of slots as references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.registry.fields import YEARLY
from generator.registry.slots import slots

if TYPE_CHECKING:
    from generator.card.model import Card
    from generator.registry.fields import Fields, FieldSpec, Group
    from generator.render.registry import Registry

_HEAD: Final = """\
<!-- Generated from generator/registry/fields.yaml. Edit that, then: make render -->
# Fields

Every field that a document can have. A field that is not listed is refused by Elasticsearch; what a line says beyond
them is in `holysheep.metadata`.

How it is kept: **indexed** fields are quick to filter by; the others are read from columns: filters, sums and sorts
work on them, filters are slower. **shown only** is neither searched nor summed.

"""
_SLOTS_HEAD: Final = """\
<!-- Generated from generator/registry/slots.yaml. Edit that, then: make render -->
# Slots

What a log line can say, whatever it calls it. A log source's YAML maps its keys to these names
([add-a-log-source.md](add-a-log-source.md)); [fields.md](fields.md) lists what a document then holds.

| slot | meaning |
| --- | --- |
"""
_ABOUT: Final = {
    "api": "every model call, failed ones too",
    "errors": "a copy of every failed call, and classified error events",
    "audit": "steps of agents",
    "usage": "rows of providers' usage exports, each for many calls",
    "access": "access lines of the proxy",
    "system": "syslog and container output",
    "rejected": "lines that could not be understood",
    "deadletter": "documents that Elasticsearch refused",
    "canary": "synthetic lines of the service `canary`, one a minute and path; in no sum and no count of calls",
    "changes": "records of documents that a command changed or deleted, one for each bulk request",
    "seals": "seals of closed days, one chain",
    "rollups": "exact sums of calls by quarter of an hour, kept when the calls are gone: [rollups.md](rollups.md)",
    "daily": "the same by day of the budgets' time zone",
    "erasures": "requests for erasure with their deadline, and when they were met",
}


def files(card: Card, registry: Registry) -> dict[str, str]:
    """The two pages."""
    return {"docs/fields.md": page(card.index_prefix, registry.fields), "docs/slots.md": slots_page()}


def slots_page() -> str:
    """The Markdown of docs/slots.md."""
    lines = [f"| `{name}` | {_cell(meaning)} |" for name, meaning in slots().items()]
    return _SLOTS_HEAD + "\n".join(lines) + "\n"


def page(prefix: str, fields: Fields) -> str:
    """The Markdown of the page."""
    lines = ["| index, one a UTC day or year | what | groups of fields |", "| --- | --- | --- |"]
    for index in fields.indices:
        groups = ", ".join(f"[{group.name}](#{group.name})" for group in fields.groups_of(index))
        day = "YYYY.01.01" if index in YEARLY else "YYYY.MM.dd"
        lines.append(f"| `{prefix}-{index}-{day}` | {_ABOUT[index]} | {groups} |")
    return _HEAD + "\n".join(lines) + "\n" + "".join(_table(group) for group in fields.groups)


def _table(group: Group) -> str:
    lines = [
        "",
        f"## {group.name}",
        f"In {', '.join(group.indices)}.",
        "",
        "| field | type | kept | unit | defined by | meaning |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for field in group.fields:
        cells = (f"`{field.name}`", field.type, _kept(field), field.unit or "", field.origin, _cell(field.meaning))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _kept(field: FieldSpec) -> str:
    if field.stored_only or (field.type == "text" and not field.search):
        return "shown only"
    return "indexed" if field.search or field.type == "flattened" else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
