"""What frameworks such as SOC 2 ask of logs, `compliance.yaml`, and the check of a card against it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from generator import yamltext
from generator.card.problem import Problem
from generator.card.scalars import Framework  # noqa: TC001 - pydantic reads the annotations at run time
from generator.explain import validate
from generator.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.card.model import Card

PATH: Final = Path(__file__).parent / "compliance.yaml"


class Title(Strict):
    """What a framework is called."""

    title: str


class Retention(Strict):
    """Least days that the indices of some kinds are kept, by framework."""

    kinds: tuple[str, ...]
    days: dict[Framework, int]


class Setting(Strict):
    """A value of pricing.yaml that some frameworks do not go along with."""

    place: str
    refused: Annotated[bool, Field(alias="not")]
    frameworks: tuple[Framework, ...]
    why: str


class Requirement(Strict):
    """What the frameworks ask; what the bundle does, what its user has to do, and what nobody does."""

    title: str
    asks: dict[Framework, str]
    met: tuple[str, ...] = ()
    yours: tuple[str, ...] = ()
    not_met: tuple[str, ...] = ()


class Compliance(Strict):
    """The whole file."""

    frameworks: dict[Framework, Title]
    retention: Retention
    settings: tuple[Setting, ...]
    requirements: tuple[Requirement, ...]


@cache
def load() -> Compliance:
    """Read the file. UserErrors name each mistake by line."""
    return validate(Compliance, yamltext.read(PATH))


def check(card: Card) -> Iterator[Problem]:
    """Settings of a card that the frameworks under its `compliance:` do not go along with."""
    if not card.compliance:
        return
    rules = load()
    titles = {name: framework.title for name, framework in rules.frameworks.items()}
    for kind in rules.retention.kinds:
        days = getattr(card.retention_days, kind)
        asked = {name: rules.retention.days.get(name, 0) for name in card.compliance}
        strictest = max(asked, key=lambda name: asked[name])
        if days < asked[strictest]:
            rule = f"the {asked[strictest]} that {titles[strictest]} asks for"
            what = f"retention_days.{kind}: {days} days are less than {rule}"
            yield Problem(("retention_days", kind), what, f"write {asked[strictest]} or more")
    for setting in rules.settings:
        names = [titles[name] for name in card.compliance if name in setting.frameworks]
        place = tuple(setting.place.split("."))
        value: Any = card
        for part in place:
            value = getattr(value, part)
        if names and value is setting.refused:
            hint = f"write {str(not setting.refused).lower()}: {setting.why}"
            yield Problem(
                place, f"{setting.place}: {str(setting.refused).lower()} does not go with {' and '.join(names)}", hint
            )
