"""Checks across several values of the card: duplicates, overlaps, order, and the index prefix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.card import compliance
from generator.card.checks_prices import check_prices
from generator.card.overlap import Glob, overlaps
from generator.card.problem import Problem
from generator.card.tables import split_pattern
from generator.errors import show
from holysheep.price.match import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.card.model import Card
    from generator.yamltext import Place

MIN_LITERALS: Final = 3
_MAX_PREFIX_BYTES: Final = 100
_PREFIX: Final = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
#: First words of index names that Elastic's own templates or features claim.
_TAKEN: Final = frozenset(
    {"apm", "auditbeat", "elastic", "filebeat", "fleet", "heartbeat", "ilm", "kibana", "logs", "logstash", "metricbeat"}
    | {"metrics", "ml", "monitoring", "packetbeat", "profiling", "security", "slm", "synthetics", "traces", "watcher"}
    | {"winlogbeat"}
)


def check(card: Card, line: Callable[[Place], str]) -> list[Problem]:
    """All mistakes of a card whose single values are valid. `line` gives `file:line` of a place in the card."""
    problems = [*_index_prefix(card.index_prefix), *_latency(card), *_families(card), *_budgets(card)]
    problems += [*compliance.check(card), *_privacy(card)]
    problems += _names(card, line)
    problems += _patterns(card, line)
    for index, model in enumerate(card.models):
        problems += check_prices(model, ("models", index), line)
    return problems


def _privacy(card: Card) -> Iterator[Problem]:
    if card.privacy.user_ids == "hmac" and card.privacy.keep_rejected:
        what = "privacy.keep_rejected: true keeps the texts of rejected lines, and user ids in them"
        yield Problem(("privacy", "keep_rejected"), what, "write false, or user_ids: keep")


def _index_prefix(prefix: str) -> Iterator[Problem]:
    place: Place = ("index_prefix",)
    if not _PREFIX.fullmatch(prefix):
        hint = "write lower-case letters, digits, - _ and . only, starting with a letter or digit, such as holysheep"
        yield Problem(place, f"{show(prefix)} is not safe as an index name", hint)
    elif len(prefix) > _MAX_PREFIX_BYTES:
        yield Problem(place, f"the prefix is {len(prefix)} bytes long", f"write at most {_MAX_PREFIX_BYTES}")
    elif (word := re.split(r"[-._]", prefix)[0]) in _TAKEN:
        hint = f"write another first word, such as holysheep-{word}"
        yield Problem(place, f"index names that start with {word} belong to Elastic's own templates", hint)


def _budgets(card: Card) -> Iterator[Problem]:
    known = [model.id for model in card.models]
    for name in card.budgets.models:
        if name not in known:
            hint = f"write the id of a model of this card, such as {known[0]}"
            yield Problem(("budgets", "models", name), f"no model has the id {show(name)}", hint)
    for kind in ("teams", "models"):
        for name, limit in getattr(card.budgets, kind).items():
            if limit.day_usd is None and limit.month_usd is None:
                yield Problem(("budgets", kind, name), f"{show(name)} has no limit", "write day_usd or month_usd")


def _latency(card: Card) -> Iterator[Problem]:
    previous = 0
    names: set[str] = set()
    last = len(card.latency_classes) - 1
    for index, item in enumerate(card.latency_classes):
        place: Place = ("latency_classes", index)
        if item.name in names:
            yield Problem((*place, "name"), f"the latency class {show(item.name)} is here twice", "rename one")
        names.add(item.name)
        if index == last:
            if item.below_ms is not None:
                yield Problem(
                    (*place, "below_ms"), "the last latency class has a bound", "remove it, or add a class without one"
                )
        elif item.below_ms is None:
            yield Problem(
                place, f"the latency class {show(item.name)} has no bound", "write below_ms; only the last has none"
            )
        elif item.below_ms <= previous:
            yield Problem(
                (*place, "below_ms"), f"{item.below_ms} is not above the class before ({previous})", "order the classes"
            )
        else:
            previous = item.below_ms


def _families(card: Card) -> Iterator[Problem]:
    earlier_prefixes: set[str] = set()
    for index, family in enumerate(card.families):
        prefix = normalise(family.prefix)
        if prefix in earlier_prefixes:
            yield Problem(
                ("families", index, "prefix"), f"the prefix {show(prefix)} is here twice", "remove one of them"
            )
        earlier_prefixes.add(prefix)


def _names(card: Card, line: Callable[[Place], str]) -> Iterator[Problem]:
    """Names that two models claim. Ids and aliases are one name space; case and surrounding space don't count."""
    places_by_name: dict[str, Place] = {}
    for index, model in enumerate(card.models):
        place: Place = ("models", index)
        named: list[tuple[Place, str, str]] = [((*place, "id"), "id", model.id)]
        named += [((*place, "aliases", number), "alias", alias) for number, alias in enumerate(model.aliases)]
        for name_place, kind, name in named:
            first = places_by_name.setdefault(normalise(name), name_place)
            if first != name_place:
                what = f"the {kind} {show(name)} is taken: it is on {line(first)} already"
                yield Problem(name_place, what, "remove or rename one of the two")


def _patterns(card: Card, line: Callable[[Place], str]) -> Iterator[Problem]:
    globs: list[Glob] = []
    places: list[Place] = []
    places_by_pattern: dict[tuple[int, str], Place] = {}
    for index, model in enumerate(card.models):
        for number, pattern in enumerate(model.patterns):
            place: Place = ("models", index, "patterns", number)
            text = normalise(pattern)
            if text.count("*") != 1 or len(text) <= MIN_LITERALS:
                hint = f"write exactly one * and at least {MIN_LITERALS} other characters, such as gpt-4.1-eu-*"
                yield Problem(place, f"{show(pattern)} is not a pattern", hint)
                continue
            first = places_by_pattern.setdefault((index, text), place)
            if first != place:
                yield Problem(
                    place, f"the pattern {show(pattern)} is on {line(first)} already", "remove one of the two"
                )
                continue
            globs.append(Glob(*split_pattern(pattern), index, len(places)))
            places.append(place)
    for earlier, later in overlaps(globs):
        first_model, second_model = (card.models[glob.model] for glob in (earlier, later))
        name = max(earlier.prefix, later.prefix, key=len) + max(earlier.suffix, later.suffix, key=len)
        what = (
            f"the pattern {show(later.prefix + '*' + later.suffix)} of {show(second_model.id)} and "
            f"{show(earlier.prefix + '*' + earlier.suffix)} of {show(first_model.id)} ({line(places[earlier.number])}) "
            f"both claim {show(name)}"
        )
        yield Problem(places[later.number], what, "make one of them longer, or list its names as aliases")
