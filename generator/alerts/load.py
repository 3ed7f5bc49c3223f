"""From generator/registry/alerts/*.yaml to checked rules, with the line of every mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator import explain, yamltext
from generator.alerts.model import Budget, Burn, Each, File, Rate, Rule, Share, Spike
from generator.dashboards import catalogue, kql
from generator.errors import UserError, UserErrors
from generator.paths import ROOT
from generator.registry.fields import load as load_fields

if TYPE_CHECKING:
    from pathlib import Path

    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.settings import Settings
    from generator.yamltext import Document

_AMOUNT: Final = re.compile(r"-?\d+(\.\d+)?|[a-z]+\.[a-z_0-9]+")
#: Keys whose value is a field, and the aggregation that it must take.
_FIELDS: Final = {"by": "terms", "field": "percentile", "figure": None}
#: From this percentage on a budget is gone.
_WHOLE: Final = 100
_AMOUNTS: Final = ("above", "at_least", "factor", "window")


@dataclass(frozen=True)
class Loaded:
    """A rule, its name, and the data view that it reads."""

    name: str
    rule: Rule
    view: ViewInfo


def load(registry: Path, settings: Settings) -> list[Loaded]:
    """Every rule of a registry folder, by name. UserErrors names every wrong line of every file."""
    views = _views(registry, settings)
    dashboards = {path.stem for path in (registry / "dashboards").glob("*.yaml")}
    rules: dict[str, Loaded] = {}
    errors: list[UserError] = []
    for path in sorted((registry / "alerts").glob("*.yaml")):
        document = yamltext.read(path)
        document.name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        try:
            file = explain.validate(File, document, see="see docs/alerts.md")
        except UserErrors as error:
            errors += error.errors
            continue
        except UserError as error:
            errors.append(error)
            continue
        for name, rule in file.rules.items():
            checker = _Checker(document, name, settings)
            if name in rules:
                checker.say(f"the rule {name!r} is there already", hint="give it another name")
            if rule.data not in views:
                checker.say(f"there is no data view {rule.data!r}", "data", hint=explain.near(rule.data, list(views)))
                continue
            if rule.dashboard not in dashboards:
                hint = explain.near(rule.dashboard, sorted(dashboards))
                checker.say(f"there is no dashboard {rule.dashboard!r}", "dashboard", hint=hint)
            checker.check(rule, views[rule.data])
            errors += checker.errors
            rules[name] = Loaded(name, rule, views[rule.data])
    if errors:
        raise explain.together(errors)
    return [rules[name] for name in sorted(rules) if _needed(rules[name].rule, settings)]


def _needed(rule: Rule, settings: Settings) -> bool:
    """Whether the card leaves a rule anything to tell."""
    return bool(settings.rate_limits if isinstance(rule, Rate) else told(rule, settings))


def _views(registry: Path, settings: Settings) -> dict[str, ViewInfo]:
    fields = catalogue.fields_of(load_fields(registry / "fields.yaml"))
    return catalogue.build(fields, registry / "data_views.yaml", settings).views


class _Checker:
    """The mistakes of one rule that its form alone does not show."""

    def __init__(self, document: Document, name: str, settings: Settings) -> None:
        self.errors: list[UserError] = []
        self._document, self._name, self._settings = document, name, settings

    def say(self, what: str, *place: str | int, hint: str | None = None) -> None:
        """Note a mistake at a place of the rule."""
        self.errors.append(UserError(what, where=self._document.where(("rules", self._name, *place)), hint=hint))

    def check(self, rule: Rule, view: ViewInfo) -> None:
        """Queries, fields, amounts and the words of the threshold."""
        self._query(rule.filter, view, "filter")
        if isinstance(rule, Share):
            self._query(rule.of, view, "of")
        for key, call in _FIELDS.items():
            if name := getattr(rule, key, None):
                if isinstance(rule, Each):
                    # Read from the document itself: any field that it has.
                    self._known(name, view, key)
                    continue
                wanted = "sum" if isinstance(rule, Spike) and rule.percent is None and key == "field" else call
                self._field(name, wanted, view, key)
        for number, name in enumerate(rule.show if isinstance(rule, Each) else ()):
            self._field(name, None, view, "show", number)
        for key in _AMOUNTS:
            value = getattr(rule, key, None)
            if isinstance(value, str):
                self._amount(value, key)
        try:
            rule.threshold.format(**figures(rule, self._settings))
        except (KeyError, ValueError, IndexError):
            known = ", ".join(sorted(figures(rule, self._settings)))
            self.say("the threshold names a figure that the rule has not", "threshold", hint=f"known are {known}")

    def _query(self, text: str, view: ViewInfo, *place: str | int) -> None:
        for name in kql.fields_or_say(text, self.say, *place):
            self._field(name, "kql", view, *place)

    def _known(self, name: str, view: ViewInfo, *place: str | int) -> None:
        if name not in view.fields:
            hint = explain.near(name, list(view.fields))
            self.say(f"the data view {view.name!r} has no field {name!r}", *place, hint=hint)

    def _field(self, name: str, call: str | None, view: ViewInfo, *place: str | int) -> None:
        info = view.fields.get(name)
        if info is None:
            hint = explain.near(name, list(view.fields))
            self.say(f"the data view {view.name!r} has no field {name!r}", *place, hint=hint)
        elif info.runtime is not None:
            # ElastAlert's queries carry no runtime mappings.
            self.say(f"{name} is computed when asked for, which ElastAlert can't", *place, hint="take a stored field")
        elif call and not info.fits(call):
            self.say(f"{call} does not work on {name} ({info.type})", *place, hint="take a field of another type")

    def _amount(self, text: str, *place: str | int) -> None:
        hint = "write a number or a name of the price card such as alerts.min_calls"
        if not _AMOUNT.fullmatch(text):
            self.say(f"{text!r} is not a number", *place, hint=hint)
            return
        try:
            self._settings.number(text)
        except ValueError as error:
            self.say(str(error), *place, hint=hint)


def figures(rule: Rule, settings: Settings) -> dict[str, str]:
    """What the words of a threshold may name, each with its figure."""
    found = {
        name.removeprefix("budgets."): f"{value:f}" for name, value in settings.numbers.items() if "budgets." in name
    }
    found["timezone"] = settings.zone.key
    found["percents"] = " and ".join(str(level) for level in told(rule, settings))
    for key in _AMOUNTS:
        if (value := getattr(rule, key, None)) is not None:
            found[key] = f"{amount(value, settings):g}"
    return found


def told(rule: Rule, settings: Settings) -> list[int]:
    """The levels of a budget that a rule tells: of a rule of budgets its part of them, of another all."""
    levels = sorted(settings.budget_percent)
    if not isinstance(rule, Budget):
        return levels
    return [level for level in levels if (level >= _WHOLE) == (rule.levels == "whole")]


def amount(value: str | int, settings: Settings) -> float:
    """A number of the rule, or of the price card by its name. What is not a number becomes 0: the checker says so."""
    try:
        return float(value if isinstance(value, int) else settings.number(value))
    except ValueError:
        return 0.0


def specifics(rule: Rule, settings: Settings) -> dict[str, Any]:
    """The keys of a rule's kind with their figures, as our rule types read them."""
    found: dict[str, Any] = {}
    for key in ("field", "percent", "by", "period", "figure", "unit"):
        if (value := getattr(rule, key, None)) is not None:
            found[key] = value
    for key in ("above", "at_least", "factor", "before", "length", "window"):
        if (value := getattr(rule, key, None)) is not None:
            found[key] = amount(value, settings)
    if isinstance(rule, Burn):
        found["pairs"] = [
            {key: amount(getattr(pair, key), settings) for key in ("factor", "long", "short")} for pair in rule.pairs
        ]
    return found
