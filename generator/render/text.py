"""The text files: every templates/<path>.j2 becomes <path>. Text formats only; JSON is built as data elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from generator.errors import UserError
from generator.render import context

if TYPE_CHECKING:
    from pathlib import Path

    from generator.card.model import Card
    from generator.render.registry import Registry

SUFFIX: Final = ".j2"


def files(card: Card, registry: Registry) -> dict[str, str]:
    """Each template's target and text. UserError names the template and its line."""
    templates = environment(registry.templates)
    values = context.build(card, registry)
    return {
        name.removesuffix(SUFFIX): _render(templates, name, values)
        for name in sorted(templates.list_templates(filter_func=lambda name: name.endswith(SUFFIX)))
    }


def environment(folder: Path) -> Environment:
    """Jinja2 that fails on an unknown name. No autoescape: each format has a filter that quotes for it."""
    jinja = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        newline_sequence="\n",
        autoescape=False,  # noqa: S701 - none of the formats is HTML
    )
    jinja.filters.update(context.FILTERS)
    return jinja


def _render(templates: Environment, name: str, values: dict[str, Any]) -> str:
    header = f"Generated from templates/{name} and pricing.yaml. Edit those, then: make render"
    try:
        return templates.get_template(name).render(values, generated=header)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        raise UserError(str(error), where=f"templates/{name}" + (f":{line}" if line else "")) from error
